import { a1111 } from './a1111.ts'
import { comfyui } from './comfyui.ts'
import { cortex } from './cortex.ts'
import { dockerModelRunner } from './docker-model-runner.ts'
import { huggingface } from './huggingface.ts'
import { invokeai } from './invokeai.ts'
import { jan } from './jan.ts'
import { kitops } from './kitops.ts'
import type { Layout } from './layout.ts'
import { llamaCpp } from './llama-cpp.ts'
import { lmStudio } from './lm-studio.ts'
import { modelscope } from './modelscope.ts'
import { oci } from './oci.ts'
import { ociRegistry } from './oci-registry.ts'
import { ollama } from './ollama.ts'
import { ramalama } from './ramalama.ts'

/** In the order in which they are tried: the most particular first. */
export const LAYOUTS: readonly Layout[] = [
  dockerModelRunner,
  kitops,
  oci,
  ociRegistry,
  ollama,
  ramalama,
  jan,
  cortex,
  invokeai,
  a1111,
  comfyui,
  huggingface,
  modelscope,
  lmStudio,
  llamaCpp,
]

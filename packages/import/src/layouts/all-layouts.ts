import type { Layout } from '../store/layout.ts'
import { a1111 } from './a1111.ts'
import { comfyui } from './comfyui.ts'
import { cortex } from './cortex.ts'
import { huggingface } from './hub/huggingface.ts'
import { llamaCpp } from './hub/llama-cpp.ts'
import { invokeai } from './invokeai.ts'
import { jan } from './jan.ts'
import { lmStudio } from './lm-studio.ts'
import { modelscope } from './modelscope.ts'
import { ramalama } from './ramalama.ts'
import { dockerModelRunner } from './registries/docker-model-runner.ts'
import { kitops } from './registries/kitops.ts'
import { oci } from './registries/oci.ts'
import { ociRegistry } from './registries/oci-registry.ts'
import { ollama } from './registries/ollama.ts'

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

/** The tools and formats whose stores are recognised. `plain`: any other directory with model files. */
export const LAYOUT_NAMES = [
  'ollama',
  'huggingface',
  'huggingface-local',
  'llama.cpp',
  'lm-studio',
  'docker-model-runner',
  'oci',
  'kitops',
  'ramalama',
  'jan',
  'cortex',
  'comfyui',
  'a1111',
  'invokeai',
  'modelscope',
  'plain',
] as const

/** The name of a layout. */
export type LayoutName = (typeof LAYOUT_NAMES)[number]

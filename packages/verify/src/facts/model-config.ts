import { fieldOf, parseBoundedJson } from '../format/bounded-json.ts'
import type { StatedFacts } from './combine-weights.ts'
import { toFactCount, toFactText } from './fact-text.ts'

/** The configuration that transformers keeps beside the weights. */
export const CONFIG_NAME = 'config.json'
/** Those of real models have a few KB. */
export const MAX_CONFIG_BYTES: number = 1024 * 1024
const MAX_CONFIG_CONTAINERS = 10_000

/**
 * What a `config.json` says. `model_type` comes before the name of the class in `architectures`, because GGUF files
 * use the same words. Models of text and images have the values of the text model in `text_config`.
 */
export function parseModelConfig(bytes: Uint8Array): StatedFacts {
  const parsed = parseBoundedJson(new TextDecoder().decode(bytes), MAX_CONFIG_CONTAINERS)
  if ('problem' in parsed) return {}
  const config = parsed.value
  const [length, textLength] = [config, fieldOf(config, 'text_config')].map((part) =>
    toFactCount(fieldOf(part, 'max_position_embeddings')),
  )
  return {
    architecture:
      toFactText(fieldOf(config, 'model_type')) ?? toFactText(fieldOf(fieldOf(config, 'architectures'), '0')),
    contextLength: length ?? textLength,
  }
}

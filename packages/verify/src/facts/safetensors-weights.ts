import { fieldOf } from '../format/bounded-json.ts'
import type { SafetensorsContent } from '../format/safetensors-header.ts'
import type { Weights } from './combine-weights.ts'
import { toFactText } from './fact-text.ts'

/** What a safetensors header says. The keys with `modelspec.` are those of the Stability AI model metadata standard. */
export function toSafetensorsWeights(content: SafetensorsContent): Weights {
  const { metadata, tensorCount, elements, bytesByType } = content
  const first = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => toFactText(fieldOf(metadata, key))).find((text) => text !== undefined)
  return {
    format: 'safetensors',
    stated: {
      architecture: first('architecture', 'modelspec.architecture'),
      licence: first('license', 'modelspec.license'),
      name: first('name', 'modelspec.title'),
    },
    ...{ tensorCount, elements, bytesByType },
  }
}

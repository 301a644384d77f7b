import { nameFileType } from '../format/gguf-file-types.ts'
import type { GgufContent } from '../format/gguf-header.ts'
import { nameTensorType } from '../format/gguf-tensors.ts'
import type { Weights } from './combine-weights.ts'
import { toFactCount, toFactText } from './fact-text.ts'

/** What a GGUF header says. `general.parameter_count` is left out: few writers state it, and the tensors tell. */
export function toGgufWeights({ values, tensorCount, elements, bytesByType }: GgufContent): Weights {
  const architecture = values.get('general.architecture')
  const fileType = values.get('general.file_type')
  const named = [...bytesByType].flatMap(([type, bytes]) => {
    const name = nameTensorType(type)
    return name === undefined ? [] : [[name, bytes] as const]
  })
  return {
    format: 'gguf',
    stated: {
      architecture: toFactText(architecture),
      quantisation: typeof fileType === 'bigint' ? nameFileType(fileType) : undefined,
      contextLength: toFactCount(values.get(`${architecture}.context_length`)),
      tokenizer: toFactText(values.get('tokenizer.ggml.model')),
      licence: toFactText(values.get('general.license')),
      name: toFactText(values.get('general.name')),
    },
    ...{ tensorCount, elements, bytesByType: new Map(named) },
  }
}

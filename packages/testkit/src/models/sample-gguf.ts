import { formatGgufHead, type GgufValue } from './gguf-format.ts'
import { type SampleOptions, withDefaults } from './sample-options.ts'
import { appendSeededBytes, type Seed } from './seeded-bytes.ts'
import { ALIGNMENT_BYTES } from './tensor-layout.ts'

/**
 * Creates a valid GGUF file with random weights.
 *
 * @throws {RangeError} if `sizeBytes` is too small for the header and the tensors
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises'
 * import { sampleGguf } from '@catalog/testkit/models'
 *
 * await writeFile('llama.gguf', sampleGguf('llama'))
 * ```
 */
export function sampleGguf(seed: Seed, options: SampleOptions = {}): Buffer {
  const { sizeBytes } = withDefaults(options)
  return appendSeededBytes(sampleGgufHead(seed, options), { seed, sizeBytes })
}

/**
 * Creates the part of a GGUF file of `sizeBytes` before its tensor data, for files that do not fit into
 * memory: extended to that size, also with zeros, it is a valid file.
 *
 * @throws {RangeError} if `sizeBytes` is too small for the header and the tensors
 */
export function sampleGgufHead(seed: Seed, options: SampleOptions = {}): Buffer {
  const { sizeBytes, tensors, metadata } = withDefaults(options)
  const tensorNames = Array.from({ length: tensors }, (_, index) => nameGgufTensor(index))
  const added = Object.entries(metadata).map(([key, value]) => [key, toGgufValue(value)])
  const all = { ...describeGguf(seed), ...Object.fromEntries(added) }
  return formatGgufHead({ metadata: all, tensorNames }, sizeBytes)
}

function toGgufValue(value: string | number): GgufValue {
  return typeof value === 'string' ? value : { type: 'uint32', value }
}

/** The metadata of every sample. */
export function describeGguf(seed: Seed): Readonly<Record<string, GgufValue>> {
  return {
    'general.architecture': 'llama',
    'general.alignment': { type: 'uint32', value: ALIGNMENT_BYTES },
    'general.name': `sample ${seed}`,
  }
}

/** The name of a tensor, as llama.cpp calls one of each layer. */
export function nameGgufTensor(index: number): string {
  return `blk.${index}.ffn_up.weight`
}

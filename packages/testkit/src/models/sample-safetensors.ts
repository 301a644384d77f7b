import { formatSafetensorsHead } from './safetensors-format.ts'
import { type SampleOptions, withDefaults } from './sample-options.ts'
import { appendSeededBytes, type Seed } from './seeded-bytes.ts'

/**
 * Creates a valid safetensors file with random weights.
 *
 * @throws {RangeError} if `sizeBytes` is too small for the header and the tensors
 */
export function sampleSafetensors(seed: Seed, options: SampleOptions = {}): Buffer {
  const { sizeBytes, tensors, metadata } = withDefaults(options)
  const tensorNames = Array.from({ length: tensors }, (_, index) => nameSafetensorsTensor(index))
  const added = Object.entries(metadata).map(([key, value]) => [key, `${value}`])
  const content = {
    metadata: { ...describeSafetensors(seed), ...Object.fromEntries(added) },
    tensorNames,
  }
  return appendSeededBytes(formatSafetensorsHead(content, sizeBytes), { seed, sizeBytes })
}

/** The metadata of every sample: `pt` is what PyTorch's models say. */
export function describeSafetensors(seed: Seed): Readonly<Record<string, string>> {
  return { format: 'pt', name: `sample ${seed}` }
}

/** The name of a tensor, as transformers calls one of each layer. */
export function nameSafetensorsTensor(index: number): string {
  return `model.layers.${index}.mlp.up_proj.weight`
}

import { type PlacedTensor, placeTensors } from './tensor-layout.ts'

/** What a safetensors file says of itself. */
export interface SafetensorsContent {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensorNames: readonly string[]
}

const LENGTH_BYTES = 8

/**
 * Formats what comes before the tensor data in a safetensors file of `sizeBytes` in all: the length of the header,
 * and the header, which is JSON padded with spaces.
 *
 * Source: https://github.com/huggingface/safetensors#format; the padding to 8 bytes is that of its `serialize`.
 *
 * @throws {RangeError} if `sizeBytes` is too small for the tensors
 */
export function formatSafetensorsHead(content: SafetensorsContent, sizeBytes: number): Buffer {
  const { metadata, tensorNames } = content
  // No number in the header has more digits than the size of the file.
  const longest = tensorNames.map((name) => ({ name, offset: sizeBytes, sizeBytes }))
  const textBytes = Buffer.byteLength(formatHeader(metadata, longest))
  const headBytes = LENGTH_BYTES + Math.ceil(textBytes / 8) * 8
  const tensors = placeTensors(tensorNames, { headBytes, sizeBytes })
  const head = Buffer.alloc(headBytes, ' ')
  head.writeBigUInt64LE(BigInt(headBytes - LENGTH_BYTES))
  head.write(formatHeader(metadata, tensors), LENGTH_BYTES)
  return head
}

function formatHeader(metadata: Readonly<Record<string, string>>, tensors: readonly PlacedTensor[]): string {
  const entries = tensors.map(({ name, offset, sizeBytes }) => [
    name,
    { dtype: 'I8', shape: [sizeBytes], data_offsets: [offset, offset + sizeBytes] },
  ])
  return JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) })
}

import { extname } from 'node:path'

/** A format that the first bytes of a file show. */
export type ContentFormat = 'GGUF' | 'safetensors' | 'HDF5' | 'NumPy' | 'pickle' | 'zip'

const MAGICS: readonly (readonly [ContentFormat, readonly number[]])[] = [
  ['GGUF', [0x47, 0x47, 0x55, 0x46]],
  ['HDF5', [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['NumPy', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
]
/** What files with these extensions may be: PyTorch saves zip archives, and did pickles; Keras did HDF5. */
const FORMATS: ReadonlyMap<string, readonly ContentFormat[]> = new Map([
  ['.gguf', ['GGUF']],
  ['.safetensors', ['safetensors']],
  ['.onnx', []],
  ['.ort', []],
  ['.tflite', []],
  ['.pt', ['zip', 'pickle']],
  ['.pth', ['zip', 'pickle']],
  ['.pkl', ['zip', 'pickle']],
  ['.ckpt', ['zip', 'pickle', 'HDF5']],
  ['.h5', ['HDF5']],
  ['.hdf5', ['HDF5']],
  ['.keras', ['zip', 'HDF5']],
  ['.npy', ['NumPy']],
  ['.npz', ['zip']],
])
const PICKLE_PROTOCOL = 0x80
const OPENING_BRACE = 0x7b
/** The header of a safetensors file is preceded by its length. */
const LENGTH_BYTES = 8
/** The limit of the safetensors library itself. */
const MAX_SAFETENSORS_HEADER = 100_000_000n

/** The format of a file whose name promises another one; undefined if its first bytes show none, or a fitting one. */
export function findOtherFormat(path: string, bytes: Uint8Array): ContentFormat | undefined {
  const formats = FORMATS.get(extname(path).toLowerCase())
  const format = formatOf(bytes)
  return formats === undefined || format === undefined || formats.includes(format) ? undefined : format
}

/** The format that the first bytes show. */
export function formatOf(bytes: Uint8Array): ContentFormat | undefined {
  const found = MAGICS.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))
  if (found !== undefined) return found[0]
  const [first, protocol = 0] = bytes
  if (first === PICKLE_PROTOCOL && protocol >= 2 && protocol <= 5) return 'pickle'
  return isSafetensors(bytes) ? 'safetensors' : undefined
}

function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length <= LENGTH_BYTES || bytes[LENGTH_BYTES] !== OPENING_BRACE) return false
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  return length >= 2n && length <= MAX_SAFETENSORS_HEADER
}

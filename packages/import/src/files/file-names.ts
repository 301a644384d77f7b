import { posix } from 'node:path'
import type { DirectoryListing } from '../disk/entries.ts'

/** What kind of file a name promises, as far as adopting it goes. */
export type NameClass = 'weights' | 'partial' | 'list' | 'other'

const WEIGHTS = new Set([
  ...['.ckpt', '.dduf', '.engine', '.ggml', '.gguf', '.h5', '.keras', '.litertlm', '.llamafile', '.mlmodel'],
  ...['.npz', '.onnx', '.pt', '.pte', '.pth', '.safetensors', '.tflite'],
])
/** `.bin` is anything; these are the names that PyTorch and ggml gave to weights. */
const BIN_WEIGHTS = /^(?:(?:pytorch|diffusion_pytorch)_model|ggml-|adapter_model|consolidated).*\.bin$/iu
const PARTIAL = /\.(?:aria2|crdownload|download(?:inprogress)?|incomplete|part|partial|temp|tmp)$/iu
const LIST = /^(?:sha256sums?(?:\.txt)?|checksums?(?:\.sha256)?(?:\.txt)?|.+\.sha256(?:sums?)?)$/iu

export function classify(name: string): NameClass {
  if (PARTIAL.test(name) || name.startsWith('incomplete-')) return 'partial'
  if (LIST.test(name)) return 'list'
  return isWeights(name) ? 'weights' : 'other'
}

/** Whether a name is that of a file with weights. */
export function isWeights(name: string): boolean {
  return WEIGHTS.has(posix.extname(name).toLowerCase()) || BIN_WEIGHTS.test(posix.basename(name))
}

/** The name of the file that a download will be: `a.gguf` of `a.gguf.part`. */
export function finalNameOf(partial: string): string {
  return partial.replace(PARTIAL, '').replace(/^incomplete-/u, '')
}

/** Whether a GGUF file is the part of a multi-modal model that sees or hears. */
export function isProjector(name: string): boolean {
  return /^mmproj|[-_.]mmproj/iu.test(posix.basename(name))
}

/** The name without the extension of a weights file. */
export function stemOf(name: string): string {
  return isWeights(name) ? name.slice(0, -posix.extname(name).length) : name
}

/** aria2 writes to the final name, of full length from the start, with a control file beside it. */
export function isOpenDownload(directory: DirectoryListing, name: string): boolean {
  return directory.has(`${name}.aria2`)
}

import type { FirstLook } from '@catalog/types'
import { readFileAt } from '../file/read-at.ts'
import type { RegularFile } from '../file/regular-file.ts'
import { withRegularFile } from '../file/with-regular-file.ts'
import { parseBoundedJson } from './bounded-json.ts'
import { type Diagnosis, sortDiagnoses } from './diagnosis.ts'
import { findCompression, findFormatProblem } from './find-format-problem.ts'
import { type FileHead, findPage, findPointer } from './find-page.ts'
import { findZeros, isAllZeros } from './find-zeros.ts'

const HEAD_BYTES = 64 * 1024
/** What `stat` counts blocks in, whatever the file system has. */
const BLOCK_BYTES = 512n
/** Names that promise weights, whatever the format. */
const WEIGHTS =
  /\.(?:gguf|ggml|llamafile|safetensors|bin|pt|pth|ckpt|pkl|nemo|onnx|ort|tflite|pb|h5|hdf5|keras|msgpack|np[yz])$/iu
/** As browsers, aria2, WinSCP, the Hugging Face hub and Ollama call what they have not fetched to its end. */
const PARTIAL =
  /(?:\.(?:partial|part|incomplete|crdownload|opdownload|download|aria2|filepart)|-partial(?:-\d+)?)$/iu
/** An XML page under a name that promises nothing: PMML and others are XML too, but not with this root. */
const XML_ERROR = /<Error[\s>]/u

/**
 * Why a file cannot be the model that its name promises: conclusive diagnoses only, the most telling first. Reads the
 * header, the first and the last MiB, and more only of a file that has nothing but zeros so far.
 *
 * @throws {CatalogError} FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO
 */
export async function takeFirstLook(path: string, look: FirstLook): Promise<readonly Diagnosis[]> {
  const { name, followSymlink = false, signal = new AbortController().signal } = look
  return await withRegularFile({ path, followSymlink, signal }, async (file) => {
    const named: Diagnosis | undefined = PARTIAL.test(name) ? { kind: 'partial-name' } : undefined
    const content = await findNoModel(file, { path, look, signal })
    return sortDiagnoses([named, content].filter((diagnosis) => diagnosis !== undefined))
  })
}

interface Look {
  readonly path: string
  readonly look: FirstLook
  readonly signal: AbortSignal
}

/** What the content shows, the first answer that fits. */
async function findNoModel(file: RegularFile, { path, look, signal }: Look): Promise<Diagnosis | undefined> {
  const { handle, sizeBytes } = file
  const { name, isPart } = look
  if (sizeBytes === 0) return isPart && !WEIGHTS.test(name) ? undefined : { kind: 'empty' }
  const bytes = await readFileAt(handle, { path, offset: 0, length: Math.min(HEAD_BYTES, sizeBytes) })
  const head: FileHead = { path: name, bytes, sizeBytes }
  return (
    findPointer(head) ??
    findConclusivePage(head) ??
    findCompression(head) ??
    (await findAllZeros(file, path, signal)) ??
    (await findFormatProblem(head, handle)) ??
    (await findSparseTail(file, path, signal))
  )
}

function findConclusivePage(head: FileHead): Diagnosis | undefined {
  const page = findPage(head)
  const isWeights = WEIGHTS.test(head.path)
  switch (page?.kind) {
    case 'html-page':
      return page
    case 'xml-page':
      return isWeights || XML_ERROR.test(new TextDecoder().decode(head.bytes)) ? page : undefined
    case 'json-page':
      return isWeights && isJson(head) ? page : undefined
    default:
      return undefined
  }
}

/** Whether it is JSON as a whole, or as far as it was read and begins as an object with a name. */
function isJson({ bytes, sizeBytes }: FileHead): boolean {
  const text = new TextDecoder().decode(bytes).trim()
  return sizeBytes > bytes.length ? /^\{\s*"/u.test(text) : 'value' in parseBoundedJson(text, HEAD_BYTES)
}

async function findAllZeros(
  file: RegularFile,
  path: string,
  signal: AbortSignal,
): Promise<Diagnosis | undefined> {
  if (!(await isAllZeros({ file, path, signal }))) return undefined
  return { kind: 'zeros', offset: 0, lengthBytes: file.sizeBytes, isAtEnd: true, isExact: true }
}

/** Zeros at the end may be right, as in weights that were only initialised; not those that were never written. */
async function findSparseTail(
  file: RegularFile,
  path: string,
  signal: AbortSignal,
): Promise<Diagnosis | undefined> {
  const { stats } = file
  if (stats.blocks * BLOCK_BYTES >= stats.size) return undefined
  const zeros = await findZeros({ file, path, range: 'ends', signal })
  return zeros?.kind === 'zeros' && zeros.isAtEnd ? zeros : undefined
}

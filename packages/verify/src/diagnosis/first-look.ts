import { statfs } from 'node:fs/promises'
import { withFileErrors } from '@catalog/system-calls'
import type { FirstLook } from '@catalog/types'
import { readFileAt } from '../file/read-at.ts'
import type { RegularFile } from '../file/regular-file.ts'
import { withRegularFile } from '../file/with-regular-file.ts'
import { parseBoundedJson } from '../format/bounded-json.ts'
import { type Diagnosis, sortDiagnoses } from './diagnosis.ts'
import { findCompression, findFormatProblem } from './find-format-problem.ts'
import { type FileHead, findPage, findPointer } from './find-page.ts'
import { findZeros, isAllZeros } from './find-zeros.ts'

const HEAD_BYTES = 64 * 1024
/** The unit of `blocks` in `stat`, on every file system. */
const BLOCK_BYTES = 512n
/** `statfs(2)` types of file systems that have a block for every block that was written: ext4, XFS, tmpfs and overlayfs. */
const FULL_BLOCKS: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x01021994, 0x794c7630])
/** Names that promise weights, in any format. */
const WEIGHTS =
  /\.(?:gguf|ggml|llamafile|safetensors|bin|pt|pth|ckpt|pkl|nemo|onnx|ort|tflite|pb|h5|hdf5|keras|msgpack|np[yz])$/iu
/** As browsers, aria2, WinSCP, the Hugging Face hub and Ollama call what they have not fetched to its end. */
const PARTIAL =
  /(?:\.(?:partial|part|incomplete|crdownload|opdownload|download|aria2|filepart)|-partial(?:-\d+)?)$/iu
/** An XML page under a name that promises nothing: PMML and others are XML too, but not with this root. */
const XML_ERROR = /<Error[\s>]/u

/** What was found, the most telling first. */
export interface FirstFindings {
  /** Why the file cannot be the model. */
  readonly refusals: readonly Diagnosis[]
  /** What may be right. */
  readonly notes: readonly Diagnosis[]
}

/**
 * Whether a file can be the model that its name promises. Reads the header, the first and the last MiB, and more only of a
 * file that has nothing but zeros so far.
 *
 * @throws {CatalogError} FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO
 */
export async function takeFirstLook(path: string, look: FirstLook): Promise<FirstFindings> {
  const { name, followSymlink = false, signal = new AbortController().signal } = look
  return await withRegularFile({ path, followSymlink, signal }, async (file) => {
    const named: Diagnosis | undefined = PARTIAL.test(name) ? { kind: 'partial-name' } : undefined
    const content = await findNoModel(file, { path, look, signal })
    const tail = content === undefined ? await findZeroTail(file, path, signal) : undefined
    const isUnwritten = tail !== undefined && (await isNeverWritten(file, path))
    const refusals = [named, content, isUnwritten ? tail : undefined]
    return {
      refusals: sortDiagnoses(refusals.filter((diagnosis) => diagnosis !== undefined)),
      notes: tail === undefined || isUnwritten ? [] : [tail],
    }
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
    (await findFormatProblem(head, handle))
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
    case 'text-page':
      return isWeights ? page : undefined
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

async function findZeroTail(
  file: RegularFile,
  path: string,
  signal: AbortSignal,
): Promise<Diagnosis | undefined> {
  const zeros = await findZeros({ file, path, range: 'ends', signal })
  return zeros?.kind === 'zeros' && zeros.isAtEnd ? zeros : undefined
}

/**
 * Whether blocks of the file were never written: then the zeros at its end are not its own. Weights that were only
 * initialised are zeros that were written. File systems that compress, or are elsewhere, have fewer blocks of any file.
 */
async function isNeverWritten({ stats }: RegularFile, path: string): Promise<boolean> {
  if (stats.blocks * BLOCK_BYTES >= stats.size) return false
  const { type } = await withFileErrors('statfs', path, () => statfs(path))
  return FULL_BLOCKS.has(type)
}

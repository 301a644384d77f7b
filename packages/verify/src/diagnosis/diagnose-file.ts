import type { Sha256Digest } from '@catalog/types'
import { readFileAt } from '../file/read-at.ts'
import type { RegularFile } from '../file/regular-file.ts'
import { withRegularFile } from '../file/with-regular-file.ts'
import { type DiagnoseOptions, type DiagnoseRequest, parseDiagnoseRequest } from './diagnose-request.ts'
import { type Diagnosis, sortDiagnoses } from './diagnosis.ts'
import { findCompression, findFormatProblem } from './find-format-problem.ts'
import { type FileHead, findPage, findPointer } from './find-page.ts'
import { findZeros } from './find-zeros.ts'

const HEAD_BYTES = 64 * 1024
/** The smallest multiple at which a file ends by chance in only one of 4,096 cases. */
const MIN_BLOCK_BYTES = 4096

/**
 * Why a file that was found wrong may be wrong: the diagnoses, the most telling first; empty if nothing was
 * found. It does not decide whether a file is wrong, computes no digest and changes nothing. Reads the first
 * and the last MiB and the header of a safetensors file, or with `scan: 'whole'` all of the file, a MiB at a
 * time. Rejects with the signal's reason once it is aborted. The file is closed when the promise settles.
 *
 * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
 * @throws {CatalogError} FILE_MISSING if there is no file at the path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} IO if the disk cannot be read
 * @throws {CatalogError} FILE_CHANGED if the file changed while it was read
 *
 * @example
 * ```ts
 * import { describeDiagnosis, diagnoseFile } from '@catalog/verify'
 *
 * const diagnoses = await diagnoseFile('model.gguf', { expectedSizeBytes: 1 })
 * for (const diagnosis of diagnoses) console.error(describeDiagnosis(diagnosis))
 * console.log(diagnoses.map(({ kind }) => kind).join()) // longer
 * ```
 */
export async function diagnoseFile(
  path: string,
  options: DiagnoseOptions = {},
): Promise<readonly Diagnosis[]> {
  const request = parseDiagnoseRequest(path, options)
  request.signal.throwIfAborted()
  return await withRegularFile(request, async (file) => {
    const content = await findContent(file, request)
    request.signal.throwIfAborted()
    const zeros = await findZeros({ ...request, file, range: request.scan })
    const diagnoses = [content, zeros, findSize(file, request), ...findDigests(request)]
    return sortDiagnoses(diagnoses.filter((diagnosis) => diagnosis !== undefined))
  })
}

/** What the file is instead, the first answer that fits: one thing has one. */
async function findContent(file: RegularFile, request: DiagnoseRequest): Promise<Diagnosis | undefined> {
  const { handle, sizeBytes } = file
  const { path } = request
  if (sizeBytes === 0) return { kind: 'empty' }
  const bytes = await readFileAt(handle, { path, offset: 0, length: Math.min(HEAD_BYTES, sizeBytes) })
  const head: FileHead = { path, bytes, sizeBytes }
  return (
    findPointer(head, request.expectedDigest) ??
    findPage(head) ??
    findCompression(head) ??
    (await findFormatProblem(head, handle))
  )
}

function findSize({ sizeBytes }: RegularFile, { expectedSizeBytes }: DiagnoseRequest): Diagnosis | undefined {
  if (expectedSizeBytes === undefined || expectedSizeBytes === sizeBytes) return undefined
  const sizes = { expectedBytes: expectedSizeBytes, foundBytes: sizeBytes }
  if (sizeBytes > expectedSizeBytes)
    return { kind: 'longer', ...sizes, excessBytes: sizeBytes - expectedSizeBytes }
  const blockBytes = findBlock(sizeBytes, expectedSizeBytes)
  const missingBytes = expectedSizeBytes - sizeBytes
  return { kind: 'shorter', ...sizes, missingBytes, ...(blockBytes === undefined ? {} : { blockBytes }) }
}

/** A writer that works in blocks stops at the end of one. Where the expected size is a multiple too, that says nothing. */
function findBlock(foundBytes: number, expectedBytes: number): number | undefined {
  if (foundBytes === 0) return undefined
  let block = 1
  while (foundBytes % (block * 2) === 0) block *= 2
  return block >= MIN_BLOCK_BYTES && expectedBytes % block !== 0 ? block : undefined
}

function findDigests(request: DiagnoseRequest): readonly Diagnosis[] {
  const { foundDigest, expectedDigest, previousFoundDigest, knownDigests } = request
  if (foundDigest === undefined || foundDigest === expectedDigest) return []
  const id = knownDigests?.get(foundDigest)
  const isSame = expectedDigest !== undefined && foundDigest === previousFoundDigest
  return [
    ...(id === undefined ? [] : [{ kind: 'other-entry', digest: foundDigest, id } as const]),
    ...(isSame ? [toSameDigest(foundDigest, expectedDigest)] : []),
  ]
}

function toSameDigest(digest: Sha256Digest, expected: Sha256Digest): Diagnosis {
  return { kind: 'same-wrong-digest', digest, expected }
}

import { withFileErrors } from '@catalog/system-calls'
import { type DownloadStart, type HashCheckpoint, isCatalogError, type StartOverReason } from '@catalog/types'
import { parsePath } from '../file/parse-path.ts'
import { openRegularFile, type RegularFile } from '../file/regular-file.ts'
import { decodeState, type ParsedCheckpoint, parseCheckpoint } from '../hashing/hash-checkpoint.ts'
import { createSha256 } from '../hashing/wasm-sha256.ts'
import { holdsTail, readCheckpoint, toIdentity } from './checkpoint-file.ts'

/**
 * From which byte an interrupted download continues: from the checkpoint beside its partial file, or the
 * given one (as passed to `onCheckpoint`), if it fits the file; otherwise from the start. Changes nothing.
 * Only the last bytes before the checkpoint (up to 1 MiB) are read again; the bytes after it may be wrong and
 * are fetched again.
 *
 * @throws {CatalogError} INVALID_INPUT if the path is invalid
 * @throws {CatalogError} IO if the disk cannot be read
 *
 * @example
 * ```ts
 * import { resumeDownload } from '@catalog/verify'
 *
 * const start = await resumeDownload('model.gguf.partial')
 * console.log(start.fromByte) // 0
 * ```
 */
export async function resumeDownload(path: string, checkpoint?: unknown): Promise<DownloadStart> {
  const name = parsePath(path)
  const parsed = checkpoint === undefined ? await readCheckpoint(name) : parseCheckpoint(checkpoint)
  const file = await openIfRegular(name)
  if ('reason' in file) return file
  try {
    return await compare(file, name, parsed)
  } finally {
    await file.handle.close()
  }
}

type StartOver = Extract<DownloadStart, { resume: false }>

async function openIfRegular(path: string): Promise<RegularFile | StartOver> {
  try {
    return await openRegularFile(path, false)
  } catch (error) {
    if (isCatalogError(error, 'FILE_MISSING')) return startOver('no-file', error.message)
    if (isCatalogError(error, 'NOT_A_REGULAR_FILE')) return startOver('not-a-regular-file', error.message)
    throw error
  }
}

async function compare(
  file: RegularFile,
  path: string,
  parsed: ParsedCheckpoint | undefined,
): Promise<DownloadStart> {
  if (parsed === undefined) return startOver('no-checkpoint', `${path} has no checkpoint`)
  if (parsed.kind !== 'fits') return startOver(`${parsed.kind}-checkpoint`, parsed.detail)
  const { checkpoint } = parsed
  const { offset } = checkpoint
  const foreign = await findForeignState(checkpoint)
  if (foreign !== undefined) return startOver('foreign-checkpoint', foreign)
  if (!isSameFile(file, checkpoint))
    return startOver('another-file', `${path} is not the file it was saved for`)
  if (file.sizeBytes < offset) {
    return startOver(
      'shorter-than-checkpoint',
      `${path} has ${file.sizeBytes} bytes, its checkpoint ${offset}`,
    )
  }
  if (!(await withFileErrors('read', path, () => holdsTail(file.handle, checkpoint)))) {
    return startOver(
      'other-bytes',
      `the last bytes of ${path} before ${offset} are not those that were hashed`,
    )
  }
  return { resume: true, fromByte: offset, excessBytes: file.sizeBytes - offset, resumeFrom: checkpoint }
}

/** What hash-wasm says against the state; undefined where it takes it. */
async function findForeignState(checkpoint: HashCheckpoint): Promise<string | undefined> {
  const sha256 = await createSha256()
  try {
    sha256.load(decodeState(checkpoint))
    return undefined
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.message
    throw error
  }
}

function isSameFile({ stats }: RegularFile, { file }: HashCheckpoint): boolean {
  const { dev, ino } = toIdentity(stats)
  return file === undefined || (file.dev === dev && file.ino === ino)
}

function startOver(reason: StartOverReason, detail: string): StartOver {
  return { resume: false, fromByte: 0, resumeFrom: undefined, reason, detail }
}

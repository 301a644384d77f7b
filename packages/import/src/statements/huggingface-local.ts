import { basename, join, relative, sep } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import { parseGitBlobId, parseSha256 } from '../candidate/digest-text.ts'
import { type ScanProblem, toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { toProblemItem } from '../store/items.ts'
import type { Statement } from './statement.ts'

/**
 * A directory that the Hugging Face client downloaded to (`--local-dir`): `.cache/huggingface/download` has a
 * record for each file. Any directory can be one, also one with models of other origins in it.
 */
export interface LocalDirectory {
  /** Absolute. */
  readonly path: string
  /** Whether there is a record of any file of a directory. */
  hasRecordsOf(directory: string): Promise<boolean>
  stateOf(absolute: string, found: FoundEntry): Promise<Statement>
  /** Its unfinished downloads. */
  problems(): Promise<readonly ScanItem[]>
}

/** Where the client keeps the records; the second is that of older versions. */
const DOWNLOADS = [
  ['.cache', 'huggingface', 'download'],
  ['.huggingface', 'download'],
] as const
const LAYOUT = 'huggingface-local'
/** Three lines: commit, etag, seconds since 1970. */
const MAX_RECORD_BYTES = 4096
/** What the client allows between the write of a file and that of its record. */
const TOLERANCE_SECONDS = 1

export async function findLocalDirectory(
  directory: DirectoryListing,
  reader: StoreReader,
): Promise<LocalDirectory | undefined> {
  const downloads = await findDownloads(directory, reader)
  if (downloads === undefined) return undefined
  const recordsOf = (absolute: string): string => join(downloads, relative(directory.path, absolute))
  return {
    path: directory.path,
    async hasRecordsOf(path) {
      const records = await reader.list(recordsOf(path)).catch(() => undefined)
      return records?.names.some(({ name }) => name.endsWith('.metadata')) ?? false
    },
    stateOf: (absolute, file) => readRecord(reader, `${recordsOf(absolute)}.metadata`, file),
    problems: () => findUnfinished(directory, downloads, reader),
  }
}

async function findDownloads(directory: DirectoryListing, reader: StoreReader): Promise<string | undefined> {
  for (const [first, ...others] of DOWNLOADS) {
    if (!directory.has(first, 'directory')) continue
    const path = join(directory.path, first, ...others)
    if ((await reader.find(path).catch(() => undefined))?.kind === 'directory') return path
  }
  return undefined
}

/** The names that lead to a directory from the one that was downloaded to, which comes first. */
export function localNamesOf(local: LocalDirectory, directory: string): readonly string[] {
  const below = relative(local.path, directory)
  return [basename(local.path), ...(below === '' ? [] : below.split(sep))]
}

async function readRecord(reader: StoreReader, path: string, file: FoundEntry): Promise<Statement> {
  try {
    if ((await reader.find(path)) === undefined) return {}
    return parseRecord(path, await reader.readText(path, MAX_RECORD_BYTES), file)
  } catch (error) {
    return { problem: toScanProblem(error, LAYOUT) }
  }
}

function parseRecord(path: string, text: string, { mtimeMs }: FoundEntry): Statement {
  const [commit = '', etag = '', time = ''] = text.split('\n').map((line) => line.trim())
  const seconds = Number(time)
  if (parseGitBlobId(commit) === undefined || time === '' || !Number.isFinite(seconds)) {
    throw new UnusableError('broken-manifest', path, 'is not a record of three lines: commit, etag and time')
  }
  if (mtimeMs / 1000 - TOLERANCE_SECONDS > seconds) {
    throw new UnusableError('changed-since', path, 'is older than the file, so that it is not used')
  }
  const digest = parseSha256(etag)
  if (digest !== undefined) return { declared: { digest, origin: 'hub', declaredIn: path } }
  const gitBlobId = parseGitBlobId(etag)
  if (gitBlobId !== undefined) return { gitBlobId }
  throw new UnusableError('unusable-digest', path, 'has an etag that is neither a SHA-256 nor a git blob id')
}

/** Their names do not tell which files they become. */
async function findUnfinished(
  { path }: DirectoryListing,
  downloads: string,
  reader: StoreReader,
): Promise<readonly ScanItem[]> {
  const records = await reader.list(downloads).catch(() => undefined)
  const names = records?.names.filter(({ name }) => name.endsWith('.incomplete')) ?? []
  return names.map(({ name }) => {
    const place = join(downloads, name)
    const problem: ScanProblem = {
      ...{ kind: 'incomplete', layout: LAYOUT, path: place, text: 'is an unfinished download' },
      model: basename(path),
    }
    return toProblemItem(problem)
  })
}

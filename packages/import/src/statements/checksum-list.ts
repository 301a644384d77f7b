/** Room `statements`: what records beside the files of a directory state of them. */

import { join, relative, sep } from 'node:path'
import { isCatalogError, parseManifest } from 'model-catalog'
import type { ScanItem } from '../candidate/candidate.ts'
import { parseSha256 } from '../candidate/digest-text.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { classify, isWeights } from '../files/file-names.ts'
import { orProblem } from '../store/items.ts'
import type { Statement } from './statement.ts'

/** A list of digests that was read. It speaks of files in its directory and below. */
export interface DigestList {
  readonly path: string
  stateOf(absolute: string, found: FoundEntry): Statement
}

/** 32 characters: the digests of md5sum. */
const MD5_LINE = /^\\?[0-9a-f]{32} [ *]/imu
const ENDING = /\.sha256(?:sums?)?$/iu

/** The checksum lists of a directory, and what is wrong with those that cannot be used. */
export async function readChecksumLists(
  directory: DirectoryListing,
  reader: StoreReader,
  layout: LayoutName,
): Promise<{ readonly lists: readonly DigestList[]; readonly items: readonly ScanItem[] }> {
  const lists: DigestList[] = []
  const items: ScanItem[] = []
  for (const { name, kind } of directory.names) {
    if (kind === 'directory' || classify(name) !== 'list' || !isAboutModels(name)) continue
    const failed = await orProblem(layout, undefined, async () => {
      lists.push(await readList(directory.path, name, reader))
      return []
    })
    items.push(...failed)
  }
  return { lists, items }
}

/** `wren.gguf.sha256` is; that of a program is not. */
function isAboutModels(name: string): boolean {
  return !ENDING.test(name) || /^(?:sha256|checksums?)/iu.test(name) || isWeights(name.replace(ENDING, ''))
}

async function readList(directory: string, name: string, reader: StoreReader): Promise<DigestList> {
  const path = join(directory, name)
  const text = await reader.readText(path)
  const bare = parseSha256(text.trim().toLowerCase())
  const lines =
    bare === undefined ? parseLines(path, text) : [{ path: name.replace(ENDING, ''), digest: bare }]
  const digests = new Map(lines.map((line) => [line.path, line.digest]))
  return {
    path,
    stateOf(absolute) {
      const digest = digests.get(relative(directory, absolute).split(sep).join('/'))
      return digest === undefined ? {} : { declared: { digest, origin: 'list', declaredIn: path } }
    },
  }
}

function parseLines(path: string, text: string): ReturnType<typeof parseManifest> {
  try {
    return parseManifest(text)
  } catch (error) {
    if (!isCatalogError(error, 'INVALID_INPUT')) throw error
    const [problem] = error.details.problems
    const isMd5 = MD5_LINE.test(text)
    const why = isMd5
      ? 'has MD5 digests, which are not used'
      : `is not a list of SHA-256 digests: ${problem?.field} ${problem?.problem}`
    throw new UnusableError(isMd5 ? 'unusable-digest' : 'broken-manifest', path, why, { cause: error })
  }
}

import { isCatalogError } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { TargetFile } from '../entry/reading.ts'
import { findChanges } from '../evidence/fingerprints.ts'
import { findOwnEvidence, knownFingerprintOf } from '../evidence/own-evidence.ts'
import { type FinishedDownload, isPartial } from './finished-download.ts'
import { forgetGone, quarantineFile } from './quarantine-file.ts'

/** A file that was given another name. */
export interface Move {
  readonly from: string
  readonly to: string
  /** Whether it stood where a file of the download belongs, and was quarantined. */
  readonly isAside: boolean
}

/**
 * Moves each partial file to its name, never over another file: what stands there is quarantined first, with `mayReplace`.
 * Undefined without it if a name is taken. Then, and if one of them cannot be moved, as while a program has it open on
 * Windows, all get their names back.
 */
export async function placeFiles(
  context: CatalogContext,
  finished: FinishedDownload,
  mayReplace: boolean,
): Promise<readonly Move[] | undefined> {
  const moves: Move[] = []
  try {
    for (const file of finished.target.files.filter(isPartial)) {
      if (await placeFile(context, finished, file, { moves, mayReplace })) continue
      await takeBack(context, finished, moves)
      return undefined
    }
    return moves
  } catch (error) {
    // Another holder has the files by now, at any of their names.
    if (!isCatalogError(error, 'DOWNLOAD_ENDED')) await takeBack(context, finished, moves)
    throw error
  }
}

/** Moves quarantined files back to the names that are free again. */
export async function putBack(context: CatalogContext, moves: readonly Move[]): Promise<boolean> {
  // Stryker disable next-line BooleanLiteral: saves a look at names where nothing is.
  let isAny = false
  for (const { from, to } of [...moves].reverse()) {
    if (await context.files.moveFile(to, from)) isAny = true
  }
  return isAny
}

/** False if the name is taken and may not be cleared. */
async function placeFile(
  context: CatalogContext,
  finished: FinishedDownload,
  { path, place, part }: TargetFile,
  { moves, mayReplace }: { readonly moves: Move[]; readonly mayReplace: boolean },
): Promise<boolean> {
  if (part !== undefined) await context.files.makeParent(place)
  do {
    if (!(await clearPlace(context, finished, place, mayReplace ? moves : undefined))) return false
  } while (!(await context.files.moveFile(path, place)))
  moves.push({ from: path, to: place, isAside: false })
  return true
}

/** Anything that has the name of a file is quarantined and added to `moves`; false without these. */
async function clearPlace(
  context: CatalogContext,
  finished: FinishedDownload,
  path: string,
  moves: Move[] | undefined,
): Promise<boolean> {
  const found = await context.files.lookAt(path)
  if (found === undefined) return true
  if (moves === undefined) return false
  const own = findOwnEvidence(context, finished.target.entry, found.fingerprint.dev)
  const before = knownFingerprintOf(own)
  const isKnown = before !== undefined && findChanges(before, found.fingerprint).length === 0
  const { sizeBytes } = found.fingerprint
  // Stryker disable next-line ConditionalExpression: only the types need this: what is known is of evidence.
  const known = { sizeBytes, ...(isKnown && own !== undefined && { digest: own.evidence.digest }) }
  const to = await quarantineFile(context, finished, { from: path, path, ...known })
  moves.push({ from: path, to, isAside: true })
  return true
}

/** Undoes moves as far as that is possible: what told why they are undone matters more. */
async function takeBack(
  context: CatalogContext,
  finished: FinishedDownload,
  moves: readonly Move[],
): Promise<void> {
  try {
    await putBack(context, moves)
    // Stryker disable next-line ConditionalExpression: saves a look at what was not moved.
    if (moves.some(({ isAside }) => isAside)) await forgetGone(context, finished)
  } catch (error) {
    if (!isCatalogError(error)) throw error
  }
}

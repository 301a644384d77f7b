import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Catalog, isCatalogError, type ModelStanding } from 'model-catalog'
import { HintedError } from '../problem/cli-errors.ts'
import { adviseOnWrongBytes, withSuggestions } from '../problem/hints.ts'
import { toPrintable } from '../text/printable.ts'
import { toShellWord } from '../text/shell-word.ts'

/** What became of a model's files since they were read, and what to do about it. */
export async function describeStanding(
  id: string,
  { kind, path = '', anchor }: ModelStanding,
): Promise<string> {
  const file = toPrintable(path)
  switch (kind) {
    case 'in-order':
      return 'as it was when it was read'
    case 'wrong':
      return `its bytes were wrong when they were last read; ${adviseOnWrongBytes(id)}`
    case 'stale':
      return `stale: the ctime of ${file} changed since it was read (mode, owner, names, or bytes); catalog verify ${id} reads it again`
    case 'changed':
      return `changed: ${file} is not the file that was read; catalog verify ${id} reads it`
    case 'missing':
      return `missing: there is no ${file}`
    case 'absent':
      return `absent: ${describeAbsence(file, anchor)}; ${(await adviseOnCopy(id, path, anchor)) ?? 'what was read there counts again once it is back'}`
    case 'unanchored':
      return `no longer known: ${UNANCHORED}; ${toAnchoredVerify(id, path)} makes the next reading last`
    case 'unreadable':
      return `unknown: the system does not say what is at ${file}`
    case 'unread':
      return 'not read here yet'
    default:
      return kind satisfies never
  }
}

const UNANCHORED = 'it was read on a disk without an anchor, by a program that has ended'

function describeAbsence(file: string, anchor: string | undefined): string {
  if (anchor === undefined) return `the directory of ${file} does not exist`
  return `the disk of ${toPrintable(anchor)} is not mounted`
}

/** What to do if something is at the path of the model although the disk of the anchor is not mounted: a copy, or a restored backup. */
async function adviseOnCopy(
  id: string,
  path: string,
  anchor: string | undefined,
): Promise<string | undefined> {
  if (anchor === undefined) return undefined
  try {
    // A link is not followed: it may lead to anything.
    const found = await lstat(path)
    const isCopy = found.isFile() || found.isDirectory()
    return isCopy
      ? `if its file was copied, or restored from a backup, catalog verify ${id} reads it here`
      : undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return `lstat of ${toPrintable(path)} failed [${code}], so a copy there is not known`
  }
}

function toAnchoredVerify(id: string, path: string): string {
  return `catalog verify ${id} --anchor ${toShellWord(dirname(path))}`
}

/** The error with what helps with this very model, or what may have been meant. Never fails. */
export async function withHints(error: unknown, catalog: Catalog): Promise<unknown> {
  const id = findUnservedId(error)
  if (id === undefined) return await withSuggestions(error, catalog)
  try {
    const standing = await catalog.standing(id)
    // A file that is not there is not read by another verification.
    const isHelpful = standing.kind === 'absent' || !isCatalogError(error, 'FILE_MISSING')
    const hint = isHelpful ? await hintOfStanding(id, standing) : undefined
    return hint === undefined ? error : new HintedError(error, hint)
  } catch {
    // A hint is not worth a second error.
    return error
  }
}

/** Of a model whose evidence is not here, or whose file is not. */
function findUnservedId(error: unknown): string | undefined {
  if (isCatalogError(error, 'FILE_MISSING')) return error.details.id
  const isUnread = isCatalogError(error, 'NOT_USABLE') && error.details.problem === 'no-evidence'
  return isUnread ? error.details.id : undefined
}

async function hintOfStanding(
  id: string,
  { kind, path = '', anchor }: ModelStanding,
): Promise<string | undefined> {
  switch (kind) {
    case 'absent': {
      const advice = await adviseOnCopy(id, path, anchor)
      if (advice !== undefined) return `${describeAbsence(path, anchor)}; ${advice}`
      // Of a directory that is not there the error has told.
      return `${anchor === undefined ? '' : `${describeAbsence(path, anchor)}: `}mount it, and what was read there counts again; if it never comes back, catalog doctor --forget-absent --apply`
    }
    case 'unanchored':
      return `${UNANCHORED}; ${toAnchoredVerify(id, path)} makes the next reading last`
    default:
      return undefined
  }
}

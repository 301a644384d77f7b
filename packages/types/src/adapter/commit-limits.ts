import { createInvalidInput } from '../error/catalog-error.ts'
import type { Commit } from '../ports/commit.ts'
import { type CheckedCommit, checkCommit } from './checked-commit.ts'

/** The longest commit, in characters of JSON. */
const MAX_COMMIT_LENGTH = 4 << 20
/** The most JSON that the commits of one call have, in bytes: a file store writes them in one line of its journal. */
const MAX_CALL_BYTES = 14 << 20
/** The longest settings, in bytes of JSON. */
export const MAX_SETTINGS_BYTES: number = 2 << 20
/** How deep an entry may be nested: `catalog.json`, in which it is nested twice, is adopted to 64 levels. */
const MAX_ENTRY_DEPTH = 62

/**
 * The check of {@link checkCommit}, and that no entry is nested too deep: every store has the same limits, so that a catalog can move.
 *
 * @throws {CatalogError} INVALID_INPUT if `checkCommit` refuses the commit, or an entry is nested deeper than 62 levels
 */
export function checkCommitWithinLimits(commit: Commit): CheckedCommit {
  try {
    const checked = checkCommit(commit)
    if (checked.changes.every(({ wire }) => !isDeeperThan(wire, MAX_ENTRY_DEPTH))) return checked
  } catch (error) {
    // Nested so deep that it cannot even be formatted.
    if (!(error instanceof RangeError)) throw error
  }
  throw createProblem('changes', `must not have an entry nested deeper than ${MAX_ENTRY_DEPTH} levels`)
}

/** @throws {CatalogError} INVALID_INPUT if a commit has more than 4 Mi characters as JSON */
export function assertCommitLength(length: number): void {
  if (length <= MAX_COMMIT_LENGTH) return
  throw createProblem('changes', `must be at most ${MAX_COMMIT_LENGTH} characters of JSON, not ${length}`)
}

/** @throws {CatalogError} INVALID_INPUT if the commits of one call have more than 14 MiB as JSON */
export function assertCallBytes(bytes: number): void {
  if (bytes <= MAX_CALL_BYTES) return
  throw createProblem('commits', `must be at most ${MAX_CALL_BYTES} bytes of JSON in one call, not ${bytes}`)
}

/** @throws {CatalogError} INVALID_INPUT if the settings have more than 2 MiB as JSON */
export function assertSettingsBytes(bytes: number): void {
  if (bytes <= MAX_SETTINGS_BYTES) return
  throw createProblem('settings', `must be at most ${MAX_SETTINGS_BYTES} bytes of JSON, not ${bytes}`)
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1))
}

function createProblem(field: string, problem: string): Error {
  return createInvalidInput([{ field, problem }])
}

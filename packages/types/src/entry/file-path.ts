import { isWindowsDevice } from './windows-device.ts'

/** The longest path of a model file inside the root, in characters. */
const MAX_FILE_PATH_LENGTH = 1024

// The catalog's own names: a model file there would overwrite the catalog.
const RESERVED = /^(catalog\.json|\.catalog)(?:\/|$)/iu

// The anchor of a volume, and one that is being made, may be in any directory.
const ANCHOR = /(?:^|[/\\])(\.catalog-volume)(?:\.[^/\\]*\.tmp)?(?:[/\\]|$)/iu

/**
 * Why a text cannot be a path inside the root, as words that follow its name; undefined if it can. Such a
 * path has `/` between its segments and stays inside the root on every platform.
 */
export function findFilePathProblem(text: string): string | undefined {
  if (text.length > MAX_FILE_PATH_LENGTH) return `must have at most ${MAX_FILE_PATH_LENGTH} characters`
  if (!text.isWellFormed()) return 'must not contain a lone surrogate'
  // NUL ends a path early in C, the other control characters break terminals.
  if (/[\p{Cc}\\:]/u.test(text)) return "must not contain control characters, '\\' or ':'"
  const reserved = RESERVED.exec(text)?.[1]
  if (reserved !== undefined) return describeReserved(reserved)
  const anchor = findAnchorProblem(text)
  if (anchor !== undefined) return anchor
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.' || segment === '..')
      return 'must be a relative path without . or ..'
    if (/[. ]$/u.test(segment)) return 'must not have a segment that ends in a dot or a space'
    if (isWindowsDevice(segment)) {
      return `must not use the Windows device name ${JSON.stringify(segment.split('.', 1)[0])}`
    }
  }
  return undefined
}

/**
 * Whether a path is that of a volume's anchor, or of an anchor being created: neither is ever a model file.
 */
export function isAnchorPath(path: string): boolean {
  return ANCHOR.test(path)
}

/** What is wrong with any path that leads to the anchor of a volume; undefined for every other. */
export function findAnchorProblem(path: string): string | undefined {
  const name = ANCHOR.exec(path)?.[1]
  return name === undefined ? undefined : describeReserved(name)
}

function describeReserved(name: string): string {
  return `must not use the catalog's own name ${JSON.stringify(name)}`
}

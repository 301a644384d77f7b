/** Room `paths`: where the files of a model are, and what may lead to them. */

import { basename, dirname, join } from 'node:path'
import type { AllowedLinks } from '@catalog/types'
import { createLinkedOut, isInside } from './link-policy.ts'
import { findTarget, findWay, isLink } from './reachable.ts'

/**
 * Makes sure that a file in place really is in the directory that the links of its model may lead into, or below the
 * location of the model. NOT_A_REGULAR_FILE for any other. Links above the location do not count: as for a file of any
 * model in place, the caller named them.
 */
export function assertLinksAllowed(path: string, { into, within }: AllowedLinks): void {
  const { directories } = findWay(within, path)
  if (![within, ...directories, path].some(isLink)) return
  const target = findTarget(path)
  // It leads nowhere: opening the file says what is wrong.
  if (target === undefined) return
  const directory = findTarget(into)
  if (target !== directory && isInside(directory, target)) return
  if (isInside(findTargetOfName(within), target)) return
  throw createLinkedOut(path)
}

/** The real path of a name, which is not followed itself: behind a link there, nothing is below the location. */
function findTargetOfName(path: string): string | undefined {
  const directory = findTarget(dirname(path))
  return directory === undefined ? undefined : join(directory, basename(path))
}

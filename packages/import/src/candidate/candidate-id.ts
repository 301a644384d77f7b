/** Room `candidate`: what a scan finds, before anything is registered. */

import type { LayoutName } from './layout-name.ts'

/** Of an id, and of a segment that is cut so that the whole fits. */
const MAX_ID_LENGTH = 200
const WINDOWS_DEVICE = /^(?:aux|con|conin\$|conout\$|nul|prn|com[0-9]|lpt[0-9])(?:\.|$)/iu

/**
 * The id of a model: the layout and the names that the tool has for it. It depends on nothing else, so that
 * every scan gives the same. Characters that an id cannot have become `-`.
 */
export function toCandidateId(layout: LayoutName, names: readonly string[]): string {
  const segments = names.flatMap((name) => name.split(/[/\\]/u)).map(toSegment)
  const id = [layout, ...segments.filter((segment) => segment !== '')].join('/')
  return id.slice(0, MAX_ID_LENGTH).replace(/[^A-Za-z0-9_-]+$/u, '')
}

function toSegment(name: string): string {
  const segment = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[._-]+/u, '')
    .replace(/[.]+$/u, '')
  return WINDOWS_DEVICE.test(segment) ? `x-${segment}` : segment
}

import { isAbsolute } from 'node:path'
import { errnoOf } from '@catalog/system-calls'
import { isCatalogError, type Volume } from '@catalog/types'
import { isSameAnchor, lookAtAnchor, type ReadAnchor, readAnchor } from './read-anchor.ts'

/** The anchors that are known by their paths. Each is looked at, by one `lstat`, whenever its volume is asked for. */
export interface KnownAnchors {
  /** The volume of this device number; `hints` are paths of others, which are known from then on if they are valid. */
  find(dev: string, hints: readonly string[]): Volume | undefined
  /** The volume of each anchor that is valid at this moment. */
  list(): readonly Volume[]
}

export function createKnownAnchors(paths: readonly string[]): KnownAnchors {
  const known = new Set(paths)
  const read = new Map<string, ReadAnchor>()
  return {
    find(dev, hints) {
      for (const path of known) {
        const volume = confirm(path, read)
        if (volume?.dev === dev) return volume
      }
      for (const path of hints) {
        if (known.has(path) || !isAbsolute(path)) continue
        const volume = confirm(path, read)
        if (volume === undefined) read.delete(path)
        else known.add(path)
        if (volume?.dev === dev) return volume
      }
      return undefined
    },
    list: () => [...known].map((path) => confirm(path, read)).filter((volume) => volume !== undefined),
  }
}

/** The volume of an anchor, whose content is read only if it is not the file that was read last. */
function confirm(path: string, read: Map<string, ReadAnchor>): Volume | undefined {
  try {
    const stats = lookAtAnchor(path)
    const last = read.get(path)
    if (stats !== undefined && last !== undefined && isSameAnchor(stats, last.stats)) return last.volume
    const found = stats === undefined ? undefined : readAnchor(path)
    if (found === undefined) read.delete(path)
    else read.set(path, found)
    return found?.volume
  } catch (error) {
    // What cannot be read confirms nothing; a caller that has to make an anchor there is told why it cannot.
    if (errnoOf(error) === undefined && !isCatalogError(error)) throw error
    return undefined
  }
}

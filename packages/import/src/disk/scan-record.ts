import type { BigIntStats } from 'node:fs'
import { lstat, stat } from 'node:fs/promises'
import { mapInOrder } from './map-in-order.ts'
import { errnoOf } from './system-errors.ts'

/**
 * What scans looked at. While it is current, another scan of the same directories would find the same, and costs far
 * more than the question whether it is.
 */
export interface ScanRecord {
  /** Remembers a path before it is looked at. Called by the scan. */
  note(path: string): Promise<void>
  /**
   * Whether nothing changed of what was looked at: no directory, no file, no target of a link. False also if
   * something changed so shortly before it was looked at that a further change would have left the same time.
   */
  isCurrent(): Promise<boolean>
}

interface Seen {
  readonly path: string
  readonly signature: string
  readonly isSettled: boolean
}

/** Some file systems keep times of two seconds. */
const SETTLED_MS = 3000

/** A record for one scan, or for several of different directories. */
export function createScanRecord(): ScanRecord {
  const seen = new Map<string, Seen>()
  return {
    async note(path) {
      // What was seen first is what the scan may have used.
      if (!seen.has(path)) seen.set(path, await look(path))
    },
    async isCurrent() {
      for (const batch of toBatches([...seen.values()])) {
        const states = await mapInOrder(batch, async ({ path, signature, isSettled }) => {
          return isSettled && (await look(path)).signature === signature
        })
        if (states.includes(false)) return false
      }
      return true
    },
  }
}

/** The first change ends the comparison. */
function toBatches(all: readonly Seen[]): readonly (readonly Seen[])[] {
  const size = 256
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  )
}

async function look(path: string): Promise<Seen> {
  const nowMs = Date.now()
  try {
    const found = [await lstat(path, { bigint: true })]
    if (found[0]?.isSymbolicLink() === true) found.push(await stat(path, { bigint: true }))
    return {
      path,
      signature: found.map(toSignature).join(' '),
      isSettled: found.every((each) => Number(each.ctimeMs) < nowMs - SETTLED_MS),
    }
  } catch (error) {
    return { path, signature: errnoOf(error), isSettled: true }
  }
}

function toSignature({ dev, ino, mode, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, mode, size, mtimeNs, ctimeNs].join(':')
}

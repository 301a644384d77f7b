import type { FileSystem } from '../disk/file-system.ts'
import { type FileNames, findSegments } from '../format/file-names.ts'
import { listOwnFiles } from '../segment/create-catalog.ts'
import { salvageSnapshot } from '../snapshot/salvage-snapshot.ts'
import { formatSnapshot } from '../snapshot/snapshot.ts'
import type { BrokenFiles } from './replace-file.ts'
import { salvageJournal } from './salvage-journal.ts'

interface Mending {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly writer: string
  readonly broken: BrokenFiles
  /** The ids of entries that could not be read. */
  readonly unreadable: Set<string>
}

/**
 * Makes anew what cannot be read of the segments in front of one that the catalog goes on from: nothing depends on them
 * but the history. What else is damaged there stays as it is.
 */
export async function mendHistory(mending: Mending, before: number): Promise<void> {
  const { disk, names } = mending
  const segments = findSegments(await listOwnFiles(disk, names)).filter((number) => number < before)
  let led: { readonly number: number; readonly bytes: Buffer } | undefined
  for (const number of segments) {
    const bytes = await mendSegment(mending, number, led?.number === number ? led.bytes : undefined)
    led = bytes && { number: number + 1, bytes }
  }
}

/** @returns the snapshot that the segment leads to; undefined if unknown. */
async function mendSegment(
  { disk, names, writer, broken, unreadable }: Mending,
  number: number,
  ledTo: Buffer | undefined,
): Promise<Buffer | undefined> {
  const snapshot = await salvageSnapshot(disk, names.snapshot(number))
  const snapshotBytes = snapshot.damage === undefined ? snapshot.bytes : (ledTo ?? snapshot.bytes)
  if (snapshotBytes === undefined) return undefined
  if (snapshot.damage !== undefined) await broken.replace(names.snapshot(number), writer, [snapshotBytes])
  const journal = await salvageJournal({ disk, names, number, snapshotBytes, isPast: true })
  if (journal.damage !== undefined) return undefined
  if (journal.isMended) await broken.replace(names.journal(number), writer, [journal.prefix])
  for (const id of [...snapshot.lostIds, ...journal.mendedIds]) unreadable.add(id)
  return Buffer.concat(await formatSnapshot(number + 1, journal.end))
}

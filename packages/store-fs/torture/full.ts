import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fillDisk } from '@catalog/testkit/running'
import type { CatalogStore } from '@catalog/types'
import { openFileStore } from '../src/file-store.ts'
import { audit, compareStore } from './audit.ts'
import { readJournal } from './journal.ts'
import { createLane, type Step } from './lane.ts'
import { Ledger } from './ledger.ts'
import type { ProgramLine } from './lines.ts'
import type { Random } from './random.ts'
import type { TortureOptions, TortureReport } from './run.ts'
import { sumUp } from './sum-up.ts'

const KIBIBYTE = 1024
const IDS = Array.from({ length: 8 }, (_, n) => `model-${n}`)
const LANES = 2

/** What of the disk a fill leaves to write into, and when a catalog has become too large for the disk. */
interface Tightness {
  readonly leftBytes: number
  readonly paddingBytes: number
  readonly maxJournalBytes: number
}

const TIGHTNESS: Readonly<Record<'tmpfs' | 'ext4', Tightness>> = {
  tmpfs: { leftBytes: 4 * KIBIBYTE, paddingBytes: 600, maxJournalBytes: 16 * KIBIBYTE },
  ext4: { leftBytes: 96 * KIBIBYTE, paddingBytes: 9000, maxJournalBytes: 2048 * KIBIBYTE },
}

/**
 * Fills a file system until nothing can be written, looks whether all is there that was there, frees the space,
 * and goes on with the same open stores, again and again: 64 KiB of memory, or 16 MiB of ext4.
 */
export async function full(
  type: 'tmpfs' | 'ext4',
  { workspace, random, isShort }: TortureOptions,
): Promise<TortureReport> {
  const fills = isShort ? 5 : 110
  const ledgers: Ledger[] = []
  const journals = []
  const disk =
    type === 'tmpfs'
      ? await workspace.mountMemory(64 * KIBIBYTE)
      : await workspace.mountImage('ext4', 16 * KIBIBYTE * KIBIBYTE)
  for (let done = 0; done < fills; ) {
    const ledger = new Ledger()
    const root = join(disk.path, `catalog-${done}`)
    const player = { root, disk: disk.path, random, ledger, tightness: TIGHTNESS[type] }
    done += await fillUntilLarge(player, fills - done)
    journals.push(await audit(root, ledger))
    ledgers.push(ledger)
    await rm(root, { recursive: true })
  }
  await disk.unmount()
  return sumUp(ledgers, journals)
}

interface Player {
  readonly root: string
  readonly disk: string
  readonly random: Random
  readonly ledger: Ledger
  readonly tightness: Tightness
}

/** Two stores share the catalog, so that one writes behind what the other could not finish. Resolves to the fills. */
async function fillUntilLarge(player: Player, most: number): Promise<number> {
  const { root, ledger, random, tightness } = player
  const stores = [await openFileStore({ root }), await openFileStore({ root })]
  const lanes = stores.flatMap((store, n) =>
    Array.from({ length: LANES }, (_, lane) =>
      createLane({
        store,
        name: `store${n}lane${lane}`,
        ids: IDS,
        random,
        paddingBytes: tightness.paddingBytes,
        largeShare: 0,
        report: (line) => take(ledger, line),
      }),
    ),
  )
  let fills = 0
  try {
    while (
      fills < most &&
      (await journalBytes(root)) < tightness.maxJournalBytes &&
      ledger.breaks.length === 0
    ) {
      await fillOnce(player, stores, lanes)
      fills += 1
    }
  } finally {
    for (const store of stores) await store.close()
  }
  ledger.add('fills', fills)
  return fills
}

async function fillOnce(
  player: Player,
  stores: readonly CatalogStore[],
  lanes: readonly Step[],
): Promise<void> {
  const { root, disk, random, ledger, tightness } = player
  const ballast = join(disk, 'ballast')
  fillDisk(ballast, random.between(0, tightness.leftBytes))
  const outcomes = await Promise.all(lanes.map((step) => stepUntilFull(step)))
  ledger.add(
    'commits before the disk was full',
    outcomes.reduce((sum, steps) => sum + steps, 0),
  )

  for (const store of stores) await compare(player, store, 'full')
  const late = await openFileStore({ root })
  await compare(player, late, 'opened when full')
  await late.close()

  await rm(ballast)
  for (const step of lanes) {
    if ((await step()) === 'failed') ledger.breaks.push('an open store did not go on')
  }
  for (const store of stores) await compare(player, store, 'freed')
}

/** How many commits went before the one that found no space. */
async function stepUntilFull(step: Step): Promise<number> {
  let steps = 0
  while ((await step()) !== 'failed') steps += 1
  return steps
}

async function compare({ root, ledger }: Player, store: CatalogStore, when: string): Promise<void> {
  const journal = readJournal(root)
  const problems = [...ledger.compare(journal), ...(await compareStore(store, journal))]
  ledger.breaks.push(...problems.map((problem) => `${when}: ${problem}`))
}

/** Only a lack of space may make a commit fail here. */
function take(ledger: Ledger, line: ProgramLine): void {
  ledger.take(line)
  if (line.kind !== 'failed') return
  ledger.add(`NO_SPACE, outcome ${line.outcome}`, 1)
  if (line.code !== 'NO_SPACE') ledger.breaks.push(`${line.code} ${line.message} on a full disk`)
}

async function journalBytes(root: string): Promise<number> {
  const directory = join(root, '.catalog')
  const names = (await readdir(directory)).filter((name) => name.startsWith('journal-'))
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

import { DISK_KINDS, type DiskKind, lacks, scaleRuns, seedOfRun, TestDisks } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HostileWriter } from './evidence-races/hostile-writer.ts'
import { PROTOCOLS, type Protocol, type ProtocolName } from './evidence-races/protocols.ts'
import { type RaceCounts, runRaces } from './evidence-races/run-races.ts'

const KINDS: readonly DiskKind[] = ['ext4', 'ext4-128', 'xfs', 'btrfs', 'tmpfs', 'overlay']
/** Of each protocol, on all disks; on a clock of 1 s each takes seconds, so many of them run at once. */
const RACES = scaleRuns(52)
const COARSE_RACES = scaleRuns(4)
/** Catalogs on one disk, with races at the same time. */
const GROUNDS = 2

const available = lacks('tmpfs', 'python3') ? [] : KINDS.filter((kind) => !lacks(...DISK_KINDS[kind].needs))

/** A writer may do anything, at any time, to a file that is being verified, moved, shared or served. */
describe.skipIf(lacks('tmpfs', 'python3'))('a writer behind the back of the catalog', () => {
  let disks: TestDisks
  let writers: HostileWriter[] = []
  const places = new Map<DiskKind, string>()
  const totals = { races: 0, coarse: 0, faults: 0 }

  beforeAll(async () => {
    disks = await TestDisks.open()
    writers = [new HostileWriter(), new HostileWriter()]
    for (const kind of available)
      places.set(kind, await disks.mount(await disks.create(kind), disks.at(kind)))
  })
  afterAll(async () => {
    console.info(
      `evidence races: ${totals.races} on ${places.size} disks (${[...places.keys()].join(', ')}), ${totals.coarse} on a clock of 1 s, ${totals.faults} faults, SEED=${seedOfRun()}`,
    )
    for (const writer of writers) await writer[Symbol.asyncDispose]()
    await disks[Symbol.asyncDispose]()
  })

  for (const [name, protocol] of Object.entries(PROTOCOLS) as [ProtocolName, Protocol][]) {
    it(`has no wrong bytes served by ${name}, and no other model refused`, async () => {
      const kinds = available.filter((kind) => protocol.kinds?.includes(kind) ?? true)
      const counts = await Promise.all(kinds.map((kind, n) => raceOn(kind, kinds, { name, protocol, n })))
      const races = sum(counts, (each) => each.races)
      const coarse = sum(
        counts.filter((_, n) => isCoarse(kinds[n])),
        (each) => each.races,
      )
      const faults = counts.flatMap((each) => each.faults)
      const outcome = `${sum(counts, (each) => each.written)} written, ${sum(counts, (each) => each.served)} served after, ${sum(counts, (each) => each.undisturbed)} undisturbed`
      console.info(
        `evidence races, ${name}: ${races} (${coarse} on a clock of 1 s), ${outcome}, ${faults.length} faults`,
      )
      totals.races += races
      totals.coarse += coarse
      totals.faults += faults.length
      expect(faults).toEqual([])
    })
  }

  async function raceOn(
    kind: DiskKind,
    kinds: readonly DiskKind[],
    { name, protocol, n }: { name: string; protocol: Protocol; n: number },
  ): Promise<RaceCounts> {
    const fine = kinds.filter((each) => !isCoarse(each)).length
    const grounds = isCoarse(kind) ? COARSE_RACES : GROUNDS
    const races = isCoarse(kind)
      ? 1
      : Math.ceil((RACES - (kinds.some(isCoarse) ? COARSE_RACES : 0)) / fine / GROUNDS)
    const runs = Array.from({ length: grounds }, (_, ground) =>
      runRaces({
        ...{ protocol, kind, races, seed: seedOfRun() + 1000 * n + ground },
        directory: `${places.get(kind)}/${name.replaceAll(' ', '-')}-${ground}`,
        writer: writers[isCoarse(kind) ? 1 : 0] as HostileWriter,
      }),
    )
    const counts = await Promise.all(runs)
    return {
      races: sum(counts, (each) => each.races),
      written: sum(counts, (each) => each.written),
      undisturbed: sum(counts, (each) => each.undisturbed),
      served: sum(counts, (each) => each.served),
      faults: counts.flatMap((each) => each.faults),
    }
  }
})

function isCoarse(kind: DiskKind | undefined): boolean {
  return kind !== undefined && DISK_KINDS[kind].clockStepMs > 100
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

import { readFileSync } from 'node:fs'
import { createRandom, DISK_KINDS, type DiskKind } from '@catalog/testkit/running'
import { isCatalogError } from '../../src/index.ts'
import { type HostileWriter, WRITER_MODES, type WriterMode, type WriterMoment } from './hostile-writer.ts'
import type { Arranged, Protocol } from './protocols.ts'
import { hasBytes, openRaceGround, type RaceGround } from './race-ground.ts'

export interface RaceCounts {
  races: number
  /** Races in which the writer changed the file. */
  written: number
  /** Races beside which the same was done for a model that was left alone. */
  undisturbed: number
  /** Attacked models that were served after the race, with the right bytes. */
  served: number
  /** What must not be: wrong bytes served, or an undisturbed operation that failed. */
  readonly faults: string[]
}

export interface RacePlan {
  readonly protocol: Protocol
  readonly kind: DiskKind
  readonly directory: string
  readonly writer: HostileWriter
  readonly seed: number
  readonly races: number
}

type Random = () => number

/** The share of races beside which another model is left alone. */
const BESIDE_OTHERS = 0.35

/** Races in one catalog, one after the other. */
export async function runRaces({
  protocol,
  kind,
  directory,
  writer,
  seed,
  races,
}: RacePlan): Promise<RaceCounts> {
  const counts: RaceCounts = { races: 0, written: 0, undisturbed: 0, served: 0, faults: [] }
  const random = createRandom(seed)
  const longestMs = DISK_KINDS[kind].clockStepMs === 0 ? 300 : 4000
  await using ground = await openRaceGround(directory)
  for (let n = 0; n < races; n += 1) {
    const mode = pick(modesOn(kind), random)
    await runRace(ground, { protocol, writer, random, mode, longestMs, id: `m-${n}` }, counts).catch(
      (error: unknown) => {
        counts.faults.push(`${kind}, ${mode}: ${messageOf(error)}`)
      },
    )
    counts.races += 1
    await ground.clear().catch((error: unknown) => counts.faults.push(`clearing: ${messageOf(error)}`))
  }
  return counts
}

/** Not noticed on tmpfs, where evidence is `weak`. */
const HIDDEN_IN_MEMORY: readonly WriterMode[] = ['mapping', 'slow-write']

function modesOn(kind: DiskKind): readonly WriterMode[] {
  return kind === 'tmpfs' ? WRITER_MODES.filter((mode) => !HIDDEN_IN_MEMORY.includes(mode)) : WRITER_MODES
}

interface Race {
  readonly protocol: Protocol
  readonly writer: HostileWriter
  readonly random: Random
  readonly mode: WriterMode
  readonly longestMs: number
  readonly id: string
}

async function runRace(
  ground: RaceGround,
  { protocol, writer, random, mode, longestMs, id }: Race,
  counts: RaceCounts,
): Promise<void> {
  const attacked = await protocol.arrange(ground, 'attacked', id)
  const isAlone = random() > BESIDE_OTHERS
  const other = isAlone ? undefined : await protocol.arrange(ground, 'other', `${id}-other`)
  const moment = chooseMoment(attacked, random)
  const { badFile: bad, goodFile: good } = ground.attacked
  const target = pick(attacked.targets, random)
  const job = await writer.prepare({ mode, path: attacked.path, target, bad, good, moment, longestMs })
  const writing = job.go()
  const [, written] = await Promise.all([
    protocol.run(ground, attacked, other).catch((error: unknown) => {
      counts.faults.push(`undisturbed, ${mode}: ${messageOf(error)}`)
    }),
    writing,
  ])
  if (written) counts.written += 1
  await lookAtServed(ground, attacked, { mode, moment }, counts)
  if (other !== undefined) counts.undisturbed += 1
  for (const each of other?.ids ?? []) {
    const { paths } = await ground.reader.resolve(each)
    if (!paths.every((path) => hasBytes(path, ground.other.good)))
      counts.faults.push(`undisturbed, ${mode}: wrong bytes`)
  }
}

/** The writer has ended: what is served now is what it left. */
async function lookAtServed(
  { catalog, reader, attacked: { good } }: RaceGround,
  { ids }: Arranged,
  how: { readonly mode: WriterMode; readonly moment: WriterMoment },
  counts: RaceCounts,
): Promise<void> {
  for (const id of ids) {
    for (const each of [catalog, reader]) {
      const served = await each.resolve(id).catch(toUndefined)
      if (served === undefined) continue
      if (!served.paths.every((path) => hasBytes(path, good)))
        counts.faults.push(`resolve, ${describe(how)}: WRONG BYTES`)
      else if (each === reader) counts.served += 1
    }
    await using opened = await reader.openVerified(id).catch(toUndefined)
    for (const { fd } of opened?.files ?? []) {
      if (!readFileSync(fd).equals(good)) counts.faults.push(`openVerified, ${describe(how)}: WRONG BYTES`)
    }
  }
}

function describe({ mode, moment }: { readonly mode: WriterMode; readonly moment: WriterMoment }): string {
  return `${mode} at ${JSON.stringify(moment)}`
}

/** A refusal is right; any other error is not. */
function toUndefined(error: unknown): undefined {
  if (!isCatalogError(error)) throw error
}

const LONGEST_DELAY_MS = 60

/** Most operations take some milliseconds: half of the delays are as short. */
function chooseMoment({ events }: Arranged, random: Random): WriterMoment {
  if (random() < 0.4) return pick(events, random)
  return { delayMs: random() * (random() < 0.7 ? 8 : LONGEST_DELAY_MS) }
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

function messageOf(error: unknown): string {
  return isCatalogError(error)
    ? `${error.code} ${error.message}`
    : String(error instanceof Error ? error.stack : error)
}

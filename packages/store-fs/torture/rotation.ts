import { watch } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { audit } from './audit.ts'
import { playCrowd } from './crowd.ts'
import { Ledger } from './ledger.ts'
import { playMixture } from './mixture.ts'
import type { TortureOptions, TortureReport } from './run.ts'
import { sumUp } from './sum-up.ts'

const SEGMENT_BYTES = 4096
const IDS = Array.from({ length: 8 }, (_, n) => `model-${n}`)

/**
 * The mixture of `kills` on segments so small that one is sealed every few records: a writer that seals or makes the
 * next may be killed at it, and writers are stopped until the journal has gone on by two segments without them. Then
 * the crowd, with its readers, on the same.
 */
export async function rotation({ workspace, random, isShort }: TortureOptions): Promise<TortureReport> {
  const ledgers: Ledger[] = []
  const journals = []
  for (let round = 0; round < (isShort ? 1 : 10); round += 1) {
    const ledger = new Ledger()
    const root = join(workspace.path, `rotation-${round}`)
    await playMixture({
      workspace,
      random,
      ledger,
      root,
      writers: 8,
      kills: isShort ? 8 : 50,
      linesBetweenKills: 60,
      stops: isShort ? 1 : 5,
      untilResumed: () => untilSegmentsLater(join(root, '.catalog'), 2),
      job: { ids: IDS, lanes: 2, paddingBytes: 200, largeShare: 0, segmentBytes: SEGMENT_BYTES },
    })
    const journal = await audit(root, ledger, { segmentBytes: SEGMENT_BYTES })
    if (journal !== undefined && journal.sealed === 0) ledger.breaks.push('no segment was sealed')
    journals.push(journal)
    ledgers.push(ledger)
  }
  const ledger = new Ledger()
  const crowd = {
    workspace,
    random,
    root: join(workspace.path, 'rotation-crowd'),
    perProcess: isShort ? 15 : 150,
    perThread: isShort ? 15 : 150,
    leastReads: isShort ? 100 : 1000,
    segmentBytes: SEGMENT_BYTES,
  }
  journals.push(await playCrowd(crowd, ledger))
  ledgers.push(ledger)
  return sumUp(ledgers, journals)
}

/** Resolves when the journal has gone on by so many segments. */
export async function untilSegmentsLater(directory: string, segments: number): Promise<void> {
  const countSegments = async (): Promise<number> => {
    return (await readdir(directory)).filter((name) => /^snapshot-\d+\.jsonl$/u.test(name)).length
  }
  await mkdir(directory, { recursive: true })
  const goal = (await countSegments()) + segments
  const watcher = watch(directory, { persistent: false })
  try {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        countSegments().then((count) => count >= goal && resolve(), reject)
      }
      watcher.on('change', look).on('error', reject)
      look()
    })
  } finally {
    watcher.close()
  }
}

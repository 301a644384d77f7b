import { join } from 'node:path'
import { audit } from './audit.ts'
import { Ledger } from './ledger.ts'
import { playMixture } from './mixture.ts'
import type { TortureOptions, TortureReport } from './run.ts'
import { sumUp } from './sum-up.ts'

const WRITERS = 8
const IDS = Array.from({ length: 24 }, (_, n) => `model-${n}`)

/**
 * Eight processes that register, update and remove the same entries, under SIGKILL at any moment, and under SIGSTOP while
 * the others go on. Each round begins with an empty directory, which all of them make at once.
 */
export async function kills({ workspace, random, isShort }: TortureOptions): Promise<TortureReport> {
  const rounds = isShort ? 1 : 10
  const ledgers: Ledger[] = []
  const journals = []
  for (let round = 0; round < rounds; round += 1) {
    const ledger = new Ledger()
    const root = join(workspace.path, `kills-${round}`)
    await playMixture({
      workspace,
      random,
      ledger,
      root,
      writers: WRITERS,
      kills: isShort ? 15 : 105,
      linesBetweenKills: 60,
      stops: isShort ? 1 : 4,
      untilResumed: (linesLater) => linesLater(isShort ? 200 : random.between(2000, 5000)),
      job: { ids: IDS, lanes: 3, paddingBytes: 300, largeShare: 0.02 },
    })
    const journal = await audit(root, ledger)
    if (journal !== undefined) ledger.add('unanswered and kept', ledger.countUnanswered(journal).kept)
    journals.push(journal)
    ledgers.push(ledger)
  }
  return sumUp(ledgers, journals)
}

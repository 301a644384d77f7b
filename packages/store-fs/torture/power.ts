import { join } from 'node:path'
import type { MountedDisk, PowerCut } from '@catalog/testkit/running'
import { audit } from './audit.ts'
import type { Journal } from './journal.ts'
import { Ledger } from './ledger.ts'
import type { MixedWriterJob } from './programs/mixed-writer.ts'
import type { TortureOptions, TortureReport } from './run.ts'
import { sumUp } from './sum-up.ts'

const WRITERS = 4
const IDS = Array.from({ length: 16 }, (_, n) => `model-${n}`)
const MEBIBYTE = 1 << 20
/** The least that mkfs.xfs accepts is 300 MiB; the image is sparse. */
const SIZES = { ext4: 128 * MEBIBYTE, xfs: 320 * MEBIBYTE } as const
/** So many cuts hit one catalog before the next begins, so that making one is hit as well. */
const CUTS_PER_CATALOG = 5

/** Cuts the power of a file system while four processes write, and looks what is left of what they were told. */
export async function power(type: 'ext4' | 'xfs', options: TortureOptions): Promise<TortureReport> {
  const ledgers: Ledger[] = []
  const journals = []
  const disk = await options.workspace.mountImage(type, SIZES[type])
  const cuts = options.isShort ? 2 : 30
  for (let done = 0; done < cuts; done += CUTS_PER_CATALOG) {
    const ledger = new Ledger()
    ledgers.push(ledger)
    const root = join(disk.path, `catalog-${done}`)
    const most = Math.min(CUTS_PER_CATALOG, cuts - done)
    journals.push(await cutAgainAndAgain({ ...options, disk, root, ledger }, most))
  }
  await disk.unmount()
  return sumUp(ledgers, journals)
}

interface CutOptions extends TortureOptions {
  readonly disk: MountedDisk
  readonly root: string
  readonly ledger: Ledger
}

/** Looks after each cut whether all is there; resolves to the journal after the last. */
async function cutAgainAndAgain(options: CutOptions, cuts: number): Promise<Journal | undefined> {
  const { root, ledger } = options
  let journal: Journal | undefined
  for (let cut = 0; cut < cuts && ledger.breaks.length === 0; cut += 1) {
    await writeUntilCut(options)
    ledger.add('power cuts', 1)
    journal = await audit(root, ledger, { mayForget: true })
  }
  if (journal === undefined) return undefined
  const { kept, gone } = ledger.countUnanswered(journal)
  ledger.add('unanswered and kept', kept)
  ledger.add('unanswered and gone', gone)
  return journal
}

/** Afterwards the file system is mounted again, as after a restart of the machine. */
async function writeUntilCut({ workspace, random, disk, root, ledger }: CutOptions): Promise<void> {
  const before = ledger.failures.length
  let linesUntilCut = random.chance(0.2) ? 1 : random.between(50, 1500)
  let cut: Promise<PowerCut> | undefined
  const programs = Array.from({ length: WRITERS }, () => {
    const seed = random.between(0, 2 ** 31)
    const job = {
      root,
      name: `writer${seed}`,
      seed,
      ids: IDS,
      lanes: 3,
      paddingBytes: 2000,
      largeShare: 0.002,
    }
    return workspace.start<MixedWriterJob>('mixed-writer', job, (line) => {
      ledger.take(line)
      linesUntilCut -= 1
      if (linesUntilCut <= 0) cut ??= disk.cutPower()
      if (line.kind === 'failed' && cut === undefined)
        ledger.breaks.push(`${line.code} before the cut: ${line.message}`)
    })
  })
  const exits = await Promise.all(programs.map(({ ended }) => ended))
  if (cut !== undefined) ledger.forgetAfter(await cut)
  for (const { code, errors } of exits)
    if (code !== 0) ledger.breaks.push(`a writer ended with ${code}: ${errors}`)
  ledger.add('writers that the cut ended', Math.min(WRITERS, ledger.failures.length - before))
  await disk.unmount()
  await disk.mount()
}

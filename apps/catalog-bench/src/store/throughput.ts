import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Figure } from '../figure.ts'
import { Aside, measureInRounds } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import type { Workspace } from '../workspace.ts'
import { type Catalogs, copyDirectory } from './catalogs.ts'
import { type CommitRate, type Load, measureCommitRate } from './commit-rate.ts'
import { type OpenCommitter, openBareLog, openBareLogInThread, openOurs } from './committers.ts'
import { changeShare, generateEntry, registerAndChange, toRegistration } from './models.ts'
import { loadRivals } from './rivals.ts'

const CALLERS = 64
const MANY_ENTRIES = 100_000
/** How many commits are under way at once while a rival's database is filled. */
const FILLING = 5000

/** How many durable commits one caller gets done, against the least that each of them can be. */
export async function measureOneCaller(settings: Settings): Promise<Results> {
  const bytes = await measureCommitBytes(settings.workspace)
  const run = (open: OpenCommitter) => () => measureNew(settings, open, 1)
  const samples = await measureInRounds(settings.rounds, {
    ours: run(openOurs),
    bare: run(openBareLog(bytes)),
    bareInThread: run(openBareLogInThread(bytes)),
  })
  const ours = { name: 'one caller', unit: '/s', ours: samples.median('ours') }
  return [
    {
      ...ours,
      other: { name: `append + fdatasync of ${bytes} bytes`, value: samples.median('bare') },
      ratio: samples.ratio('ours', 'bare'),
      target: { is: 'at least', value: 0.8 },
    },
    {
      ...ours,
      other: { name: 'the same, synced in a thread', value: samples.median('bareInThread') },
      ratio: samples.ratio('ours', 'bareInThread'),
    },
  ]
}

/** How many durable commits many callers at once get done, in an empty catalog, against databases that batch too. */
export async function measureManyCallers(settings: Settings): Promise<Results> {
  const bytes = await measureCommitBytes(settings.workspace)
  const { open, skipped } = await loadRivals()
  const processorUs = new Map(['ours', ...Object.keys(open)].map((name) => [name, new Aside()]))
  const samples = await measureInRounds<string>(settings.rounds, {
    ours: () => measureNew(settings, openOurs, CALLERS, processorUs.get('ours')),
    bare: () => measureNew(settings, openBareLog(bytes), 1),
    ...mapValues(
      open,
      (openRival, name) => () => measureNew(settings, openRival, CALLERS, processorUs.get(name)),
    ),
  })
  const ours = { name: `${CALLERS} callers`, unit: '/s', ours: samples.median('ours') }
  const bare: Figure = {
    ...ours,
    other: { name: `one bare append + fdatasync of ${bytes} bytes`, value: samples.median('bare') },
    ratio: samples.ratio('ours', 'bare'),
    target: { is: 'at least', value: 10 },
  }
  const rivals = Object.keys(open)
  return [
    bare,
    ...compareWithRivals(ours, rivals, samples),
    ...rivals.map((name) => ({
      name: `${CALLERS} callers, processor time of a commit`,
      unit: 'µs',
      ours: processorUs.get('ours')?.median() ?? Number.NaN,
      other: { name, value: processorUs.get(name)?.median() ?? Number.NaN },
    })),
    ...skipped,
  ]
}

/** The same in a catalog of many entries, which are changed all over the place. */
export async function measureManyCallersInMany(settings: Settings, catalogs: Catalogs): Promise<Results> {
  const { workspace } = settings
  const { open, skipped } = await loadRivals()
  const filled = new Map<string, string>()
  for (const [name, openRival] of Object.entries(open)) filled.set(name, await fill(workspace, openRival))
  const commitsOf = (caller: number): ReturnType<typeof changeShare> =>
    changeShare({ caller, callers: CALLERS, entries: MANY_ENTRIES })
  const load = { callers: CALLERS, durationMs: durationMs(settings), commitsOf }
  const samples = await measureInRounds<string>(settings.rounds, {
    ours: async () => (await measureIn(await catalogs.copy(MANY_ENTRIES), openOurs, load)).perSecond,
    ...mapValues(open, (openRival, name) => async () => {
      const root = copyDirectory(filled.get(name) ?? '', workspace.newPath('copy'))
      return (await measureIn(root, openRival, load)).perSecond
    }),
  })
  const name = `${CALLERS} callers, ${MANY_ENTRIES} entries`
  const ours = { name, unit: '/s', ours: samples.median('ours') }
  return [...compareWithRivals(ours, Object.keys(open), samples), ...skipped]
}

/** The target stands against the best of them. */
function compareWithRivals(
  ours: Pick<Figure, 'name' | 'unit' | 'ours'>,
  rivals: readonly string[],
  samples: Awaited<ReturnType<typeof measureInRounds<string>>>,
): readonly Figure[] {
  const best = rivals.toSorted((a, b) => samples.median(b) - samples.median(a)).at(0)
  return rivals.map((name) => ({
    ...ours,
    other: { name, value: samples.median(name) },
    ratio: samples.ratio('ours', name),
    ...(name === best && { target: { is: 'at least', value: 2 } as const }),
  }))
}

async function measureNew(
  settings: Settings,
  open: OpenCommitter,
  callers: number,
  processorUs?: Aside,
): Promise<number> {
  const commitsOf = (caller: number): ReturnType<typeof registerAndChange> =>
    registerAndChange(`caller-${caller}`)
  const load = { callers, durationMs: durationMs(settings), commitsOf }
  const rate = await measureIn(settings.workspace.newPath('new'), open, load)
  processorUs?.push(rate.processorUs)
  return rate.perSecond
}

/** The directory is gone afterwards. */
async function measureIn(root: string, open: OpenCommitter, load: Load): Promise<CommitRate> {
  const committer = await open(root)
  try {
    return await measureCommitRate(committer, load)
  } finally {
    await committer.close()
    rmSync(root, { recursive: true, force: true })
  }
}

/** A rival's database with the entries of the generated catalog. */
async function fill(workspace: Workspace, open: OpenCommitter): Promise<string> {
  const root = workspace.newPath('filled')
  const committer = await open(root)
  for (let first = 0; first < MANY_ENTRIES; first += FILLING) {
    const entries = Array.from({ length: FILLING }, (_, index) => generateEntry(first + index))
    await Promise.all(entries.map((entry) => committer.commit(toRegistration([entry]))))
  }
  await committer.close()
  return root
}

function durationMs({ isQuick }: Settings): number {
  return isQuick ? 500 : 2000
}

/** The bytes that a commit of one caller adds to our journal, on average. */
async function measureCommitBytes(workspace: Workspace): Promise<number> {
  const root = workspace.newPath('bytes')
  const committer = await openOurs(root)
  const count = 100
  const before = measureJournals(root)
  const commits = registerAndChange('caller-0')
  for (let number = 0; number < count; number += 1) await committer.commit(commits.next().value)
  const bytes = Math.round((measureJournals(root) - before) / count)
  await committer.close()
  return bytes
}

function measureJournals(root: string): number {
  const directory = join(root, '.catalog')
  const journals = readdirSync(directory).filter((name) => name.startsWith('journal-'))
  return journals.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}

function mapValues<T, U>(
  values: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]))
}

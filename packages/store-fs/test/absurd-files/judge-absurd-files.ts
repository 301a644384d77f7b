import { sampleEntry } from '@catalog/testkit'
import { type CatalogStore, type Fingerprint, isCatalogError } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { formatLine } from '../../src/format/record.ts'
import { verifyHistory } from '../../src/history/verify-history.ts'
import { repairCatalog } from '../../src/repair/repair-catalog.ts'
import { createDisk } from '../every-byte/catalogs.ts'
import type { Files } from '../every-byte/damages.ts'
import { immediateOrder } from '../simulation/call-order.ts'
import { ROOT } from '../simulation/origins.ts'
import { Random } from '../simulation/random.ts'
import type { SimulatedDisk } from '../simulation/simulated-disk.ts'
import { SimulatedProcess } from '../simulation/simulated-process.ts'
import { buildSmallCatalogs } from './small-catalogs.ts'
import { spoilFile } from './spoil-file.ts'

/** How many inputs were tried, how often each code was the answer, and what was none. */
export interface AbsurdTotals {
  readonly inputs: number
  readonly answers: Readonly<Record<string, number>>
  readonly broken: readonly string[]
}

const FINGERPRINT: Fingerprint = { dev: '1', ino: '1', sizeBytes: 1 << 20, mtimeNs: '1', ctimeNs: '2' }

/** With a view that counts as a large one, so that what is known of it is read. */
class Process extends SimulatedProcess {
  readonly #disk: SimulatedDisk

  constructor(disk: SimulatedDisk) {
    super('reader', disk, immediateOrder)
    this.#disk = disk
  }

  fingerprintOf(path: string): Fingerprint | undefined {
    return this.#disk.exists(path) ? FINGERPRINT : undefined
  }
}

/** Spoils one or two files of catalogs of every kind, and runs every operation on them. */
export async function judgeAbsurdFiles(inputs: number, seed: number): Promise<AbsurdTotals> {
  const random = new Random(seed)
  const catalogs = await listCatalogs()
  const answers: Record<string, number> = {}
  const broken: string[] = []
  for (let input = 0; input < inputs && broken.length < 10; input += 1) {
    const intact = random.pick(catalogs)
    const files = new Map(intact)
    for (let change = 0; change === 0 || (change < 2 && random.chance(0.1)); change += 1) {
      const [path, bytes] = random.pick([...intact])
      files.set(path, spoilFile(path, bytes, random))
    }
    for (const answer of await judge(files, random)) {
      answers[answer.code] = (answers[answer.code] ?? 0) + 1
      if (answer.broken !== undefined) broken.push(`input ${input}: ${answer.broken}`)
    }
  }
  return { inputs, answers, broken }
}

async function listCatalogs(): Promise<readonly Files[]> {
  const known = Buffer.from(formatLine(JSON.stringify({ revision: 3, fingerprint: FINGERPRINT })))
  const [bare = new Map(), ...made] = await buildSmallCatalogs()
  return [bare, ...made.map((files) => new Map(files).set(`${ROOT}/.catalog/view`, known))]
}

interface Answer {
  readonly code: string
  readonly broken?: string
}

async function judge(files: Files, random: Random): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  const ask = async (what: string, work: () => Promise<unknown>): Promise<string> => {
    const answer = await toAnswer(what, work)
    answers.push(answer)
    return answer.code
  }
  const disk = createDisk(files)
  const process = new Process(disk)
  const read = () => useStore(process, { readOnly: true, isThorough: random.chance(0.2) }, ask)
  const code = await read()
  if (random.chance(0.2)) await ask('verifyHistory', () => verifyHistory(ROOT, { disk: process }))
  if (random.chance(0.1)) await useStore(process, { readOnly: false, isThorough: true }, ask)
  if (random.chance(code === 'DAMAGED' ? 0.3 : 0.03)) {
    const repaired = await ask('repair', () => repairCatalog(ROOT, { disk: process }))
    const after = await read()
    if (repaired === 'right' && after === 'DAMAGED') {
      answers.push({ code: 'broken', broken: 'DAMAGED after a repair' })
    }
  }
  return answers
}

type Ask = (what: string, work: () => Promise<unknown>) => Promise<string>

/** @returns the code that opening or listing was answered with. */
async function useStore(
  process: Process,
  { readOnly, isThorough }: { readonly readOnly: boolean; readonly isThorough: boolean },
  ask: Ask,
): Promise<string> {
  let store: CatalogStore | undefined
  const what = readOnly ? 'reading' : 'writing'
  const opened = await ask(`open for ${what}`, async () => {
    store = await openFileStore({ root: ROOT, disk: process, timers: process.timers, readOnly })
  })
  if (store === undefined) return opened
  const { list, count, counts, changes, get, commit, close } = bind(store)
  const listed = await ask('list', () => list({}))
  await ask('count', () => count({ state: 'Active' }))
  await ask('counts', counts)
  if (isThorough) await ask('changes', () => changes(0))
  const { id } = sampleEntry({ id: 'a' })
  await ask('get', () => get(id))
  if (!readOnly) await ask('commit', () => commit([registerNew()]))
  await ask('close', close)
  return listed
}

function bind(
  store: CatalogStore,
): Pick<CatalogStore, 'list' | 'count' | 'counts' | 'changes' | 'get' | 'commit' | 'close'> {
  return {
    list: (query) => store.list(query),
    count: (query) => store.count(query),
    counts: () => store.counts(),
    changes: (since) => store.changes(since),
    get: (id) => store.get(id),
    commit: (commits) => store.commit(commits),
    close: () => store.close(),
  }
}

function registerNew(): Parameters<CatalogStore['commit']>[0][number] {
  const entry = sampleEntry({ id: 'new' })
  return { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
}

async function toAnswer(what: string, work: () => Promise<unknown>): Promise<Answer> {
  try {
    await work()
    return { code: 'right' }
  } catch (error) {
    if (isCatalogError(error)) return { code: error.code }
    return { code: 'broken', broken: `${what}: ${error instanceof Error ? error.stack : String(error)}` }
  }
}

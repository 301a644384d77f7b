import { closeSync, fstatSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { openFileStore } from '@catalog/store-fs'
import { type CatalogStore, parseModelId } from '@catalog/types'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import type { Catalogs } from './catalogs.ts'
import { idOf } from './models.ts'

const ENTRIES = 100_000
/** Models that are asked for over and over. */
const WANTED = 1000
const PAGE = 50

/** What a look at one entry costs, with its check that no process has written since. */
export async function measureGet({ rounds, isQuick }: Settings, catalogs: Catalogs): Promise<Results> {
  const root = await catalogs.make(ENTRIES)
  const store = await openFileStore({ root })
  const ids = Array.from({ length: WANTED }, (_, index) => parseModelId(idOf(index * (ENTRIES / WANTED))))
  const known = new Map(ids.map((id) => [id, { id }]))
  const fd = openSync(join(root, 'catalog.json'), 'r')
  const times = isQuick ? 50 : 300
  const samples = await measureInRounds(rounds, {
    ours: async () => await perLookUs(ids, times, (id) => store.get(id)),
    bare: async () =>
      await perLookUs(ids, times, async (id) => (fstatSync(fd).size > 0 ? known.get(id) : undefined)),
  })
  closeSync(fd)
  await store.close()
  return [
    {
      name: `get, of ${ENTRIES} entries`,
      unit: 'µs',
      ours: samples.median('ours'),
      other: { name: 'async fstat + Map.get', value: samples.median('bare') },
      ratio: samples.ratio('ours', 'bare'),
      target: { is: 'at most', value: 3, of: 'ours' },
    },
  ]
}

/** What a page of entries in one state costs among many entries, and if there are no others. */
export async function measureList({ rounds, isQuick }: Settings, catalogs: Catalogs): Promise<Results> {
  await using many = await openFileStoreDisposably(await catalogs.make(ENTRIES))
  await using few = await openFileStoreDisposably(await catalogs.make(PAGE, 1))
  const times = isQuick ? 500 : 5000
  const list = async (store: CatalogStore): Promise<void> => {
    const page = await store.list({ state: 'Failed', limit: PAGE })
    if (page.length !== PAGE) throw new Error(`${page.length} entries listed`)
  }
  const measureUs = (store: CatalogStore) => async (): Promise<number> => {
    const elapsedMs = await timeMs(async () => {
      for (let time = 0; time < times; time += 1) await list(store)
    })
    return (elapsedMs * 1000) / times
  }
  const samples = await measureInRounds(rounds, { many: measureUs(many.store), few: measureUs(few.store) })
  return [
    {
      name: `list ${PAGE} by state, of ${ENTRIES} entries`,
      unit: 'µs',
      ours: samples.median('many'),
      other: { name: `ours, of ${PAGE}`, value: samples.median('few') },
      ratio: samples.ratio('many', 'few'),
      target: { is: 'at most', value: 2 },
    },
  ]
}

/** Microseconds of one look, over some looks at each of the ids. */
export async function perLookUs<Id>(
  ids: readonly Id[],
  times: number,
  look: (id: Id) => Promise<unknown>,
): Promise<number> {
  const elapsedMs = await timeMs(async () => {
    for (let time = 0; time < times; time += 1) {
      for (const id of ids) {
        if ((await look(id)) === undefined) throw new Error(`no entry ${id}`)
      }
    }
  })
  return (elapsedMs * 1000) / (times * ids.length)
}

async function openFileStoreDisposably(
  root: string,
): Promise<AsyncDisposable & { readonly store: CatalogStore }> {
  const store = await openFileStore({ root })
  return { store, [Symbol.asyncDispose]: () => store.close() }
}

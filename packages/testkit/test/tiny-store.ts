import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import * as types from '@catalog/types'
import * as adapter from '@catalog/types/adapter'

type Changes = readonly Pick<adapter.CheckedChange, 'id' | 'wire'>[]
type Line = Omit<adapter.CheckedCommit, 'changes'> & { at: string; changes: Changes; settings?: object }
type Entries = (types.ModelEntry | null)[]

/** A catalog in a file of JSON lines, for the stores of one process. */
export class TinyCatalog {
  readonly rows: types.CommittedChange[] = []
  readonly tally: adapter.TotalsTally = new adapter.TotalsTally(0)
  readonly waiting: Set<() => void> = new Set()
  readonly #last = new Map<string, { id: types.ModelId; revision: number; entry: types.ModelEntry | null }>()
  readonly #path: string
  settings: types.StoredSettings = adapter.NO_SETTINGS
  position = 0

  constructor(path: string) {
    this.#path = path
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
    for (const line of lines) this.#apply(JSON.parse(line))
  }

  find(id: types.ModelId): types.ModelEntry | undefined {
    return this.#last.get(adapter.foldModelId(id))?.entry ?? undefined
  }

  entries(): types.ModelEntry[] {
    return [...this.#last.values()].flatMap(({ entry }) => entry ?? []).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  removed(): types.RemovedModel[] {
    return [...this.#last.values()].flatMap(({ id, revision, entry }) =>
      entry === null ? [{ id, revision }] : [],
    )
  }

  /** Nothing happens between writing and applying, so that all stores see one order. */
  write(content: Omit<Line, 'at'>): Entries {
    const line = { ...content, at: new Date().toISOString() }
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`, { flush: true })
    const entries = this.#apply(line)
    this.wake()
    return entries
  }

  wake(): void {
    for (const resolve of this.waiting) resolve()
    this.waiting.clear()
  }

  #apply({ settings, changes, verification, ...how }: Line): Entries {
    this.position += 1
    if (settings) this.settings = adapter.decodeSettings(settings, this.settings.revision + 1)
    else this.tally.add(how.operation, changes.length || 1, verification)
    const recorded = verification && adapter.decodeVerification(adapter.encodeVerification(verification))
    const add = (row: { id: types.ModelId; revision: number; entry: types.ModelEntry | null }) => {
      const field = row.id === verification?.id && recorded ? { verification: recorded } : {}
      this.rows.push({ ...how, position: this.position, ...row, ...field })
      return row.entry
    }
    const found = verification && this.#last.get(adapter.foldModelId(verification.id))
    if (found && changes.length === 0) return [add({ ...found, ...{ isUnchanged: true } })]
    return changes.map(({ id, wire }) => {
      const revision = (this.#last.get(adapter.foldModelId(id))?.revision ?? 0) + 1
      const row = { id, revision, entry: wire && adapter.decodeEntry(wire, revision) }
      this.#last.set(adapter.foldModelId(id), row)
      return add(row)
    })
  }
}

function tryCommit(catalog: TinyCatalog, commit: adapter.CheckedCommit): types.CommitOutcome {
  const { changes, verification } = commit
  const conflicts = changes.flatMap(({ id, ifRevision: expectedRevision }) => {
    const { id: foundId, revision: foundRevision } = catalog.find(id) ?? { id, revision: 0 }
    const isRight = foundRevision === expectedRevision && foundId === id
    return isRight ? [] : [{ id, expectedRevision, foundRevision, foundId }]
  })
  const isAbsent = verification && catalog.find(verification.id)?.id !== verification.id
  if (conflicts.length > 0 || (changes.length === 0 && isAbsent)) return { applied: false, conflicts }
  const written = changes.map(({ id, wire }) => ({ id, wire }))
  return { applied: true, entries: catalog.write({ ...commit, changes: written }) }
}

export function openTinyStore(shared: TinyCatalog): types.CatalogStore {
  const closed = new AbortController()
  const catalog = (): TinyCatalog => {
    closed.signal.throwIfAborted()
    return shared
  }
  return {
    isShared: false,
    get: async (id) => [catalog().find(id)].find((entry) => entry?.id === id),
    list: async (query) => adapter.selectEntries(catalog().entries(), query),
    count: async (query) => catalog().entries().filter(adapter.createQueryFilter(query)).length,
    async counts() {
      const counts = { Pending: 0, Active: 0, Retired: 0, Failed: 0 }
      for (const { state } of catalog().entries()) counts[state] += 1
      return counts
    },
    removed: async () => catalog().removed(),
    settings: async () => catalog().settings,
    totals: async () => catalog().tally.read(shared.position),
    refresh: async () => catalog().position,
    changes: async (since, only) =>
      catalog().rows.filter(({ position, id }) => position > since && (only ?? id) === id),
    verifyHistory: async () => ({
      ok: true,
      ...{ segments: 1, records: catalog().position, from: 0, to: shared.position },
    }),
    measureHistory: async () => ({ segments: 1, bytes: catalog().rows.length }),
    pruneHistory: async () => ({ removed: [], segments: Number(catalog() !== undefined) }),
    commit: async (commits) =>
      catalog() && commits.map(adapter.checkCommit).map((each) => tryCommit(shared, each)),
    async changeSettings(change) {
      const { ifRevision, settings, ...how } = adapter.checkSettingsChange(change)
      const foundRevision = catalog().settings.revision
      if (foundRevision !== ifRevision) return { applied: false, foundRevision }
      shared.write({ ...how, operation: 'settings', changes: [], settings: adapter.encodeSettings(settings) })
      return { applied: true, settings: shared.settings }
    },
    watch: (options) => watch(shared, closed.signal, options),
    async close() {
      closed.abort(new types.CatalogError('CLOSED', 'the store is closed', { what: 'store' }))
      shared.wake()
    },
  }
}

function watch(
  catalog: TinyCatalog,
  closed: AbortSignal,
  { since = catalog.position, signal }: types.WatchOptions = {},
): AsyncIterableIterator<types.CommittedChange> {
  let index = catalog.rows.filter(({ position }) => position <= since).length
  let isDone = false
  const end = async () => {
    isDone = true
    catalog.wake()
    return { done: true as const, value: undefined }
  }
  signal?.addEventListener('abort', () => catalog.wake())
  return {
    async next() {
      for (; !isDone; await new Promise<void>((resolve) => catalog.waiting.add(resolve))) {
        isDone = closed.aborted || signal?.aborted === true || since > catalog.position
        closed.throwIfAborted()
        signal?.throwIfAborted()
        if (isDone) throw types.createInvalidInput([{ field: 'since', problem: 'is after the end' }])
        const value = catalog.rows[index]
        if (value === undefined) continue
        index += 1
        return { done: false, value }
      }
      return await end()
    },
    return: end,
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

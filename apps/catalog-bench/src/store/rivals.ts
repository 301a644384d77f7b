import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Commit } from '@catalog/types'
import { checkCommit, decodeEntry, encodeEntry } from '@catalog/types/adapter'
import type { Skipped } from '../figure.ts'
import type { Committer, OpenCommitter } from './committers.ts'

export interface Rivals {
  readonly open: Readonly<Record<string, OpenCommitter>>
  readonly skipped: readonly Skipped[]
}

/** The databases that one would otherwise keep entries in, as far as they are installed here. */
export async function loadRivals(): Promise<Rivals> {
  const open: Record<string, OpenCommitter> = {}
  const skipped: Skipped[] = []
  for (const [name, load] of Object.entries(RIVALS)) {
    try {
      open[name] = await load()
    } catch (error) {
      const reason = String(error).split('\n', 1)[0]
      const remedy = name.startsWith('SQLite')
        ? '; compile it: pnpm --filter @catalog/bench build:sqlite'
        : ''
      skipped.push({ name: `against ${name}`, skipped: `${reason}${remedy}` })
    }
  }
  return { open, skipped }
}

const RIVALS: Readonly<Record<string, () => Promise<OpenCommitter>>> = {
  LMDB: () => loadLmdb(false),
  'LMDB, overlapping syncs': () => loadLmdb(true),
  SQLite: () => loadSqlite(prepareRows),
  'SQLite, checks and history as ours': () => loadSqlite(prepareCatalog),
}

/**
 * LMDB as the package `lmdb` gives it, one environment, JSON text under the id. Neither the entry nor its revision
 * is checked. With `overlappingSync`, its default on Linux, the next transaction begins while this one is synced.
 */
async function loadLmdb(overlappingSync: boolean): Promise<OpenCommitter> {
  const { open } = await import('lmdb')
  return async (root) => {
    const database = open<string, string>({ path: join(root, 'lmdb'), encoding: 'string', overlappingSync })
    return {
      async commit(commit) {
        for (const { id, entry } of commit.changes) {
          if (entry !== null) await database.put(id, JSON.stringify(encodeEntry(entry)))
        }
        if (overlappingSync) await database.flushed
      },
      close: () => database.close(),
    }
  }
}

/** What is used of `better-sqlite3`, whose types are a package of their own. */
interface SqliteDatabase {
  pragma(text: string): unknown
  exec(sql: string): unknown
  prepare(sql: string): { run(...values: readonly (string | number)[]): { readonly changes: number } }
  transaction<T>(work: (commits: readonly Commit[]) => T): (commits: readonly Commit[]) => T
  close(): void
}

/** What is done in a transaction with each commit. */
type PrepareApply = (database: SqliteDatabase) => (commit: Commit) => unknown

/**
 * SQLite in WAL with synchronous=FULL. It is synchronous, so what all callers have submitted by the end of a turn
 * goes into one transaction.
 */
async function loadSqlite(prepare: PrepareApply): Promise<OpenCommitter> {
  const name = 'better-sqlite3'
  const { default: Database } = (await import(name)) as { default: new (path: string) => SqliteDatabase }
  // Only this loads the compiled part.
  new Database(':memory:').close()
  return async (root) => {
    await mkdir(root, { recursive: true })
    const database = new Database(join(root, 'sqlite.db'))
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    const apply = prepare(database)
    const applyAll = database.transaction((commits) => commits.map(apply))
    return { commit: shareTransactions(applyAll), close: async () => database.close() }
  }
}

/** Only the rows: neither the entry nor its revision is checked. */
function prepareRows(database: SqliteDatabase): ReturnType<PrepareApply> {
  database.exec('CREATE TABLE IF NOT EXISTS entries (id TEXT PRIMARY KEY, entry TEXT NOT NULL) WITHOUT ROWID')
  const put = database.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?)')
  return ({ changes }) => {
    for (const { id, entry } of changes) {
      if (entry !== null) put.run(id, JSON.stringify(encodeEntry(entry)))
    }
  }
}

/** What the port asks of every store: the entry is checked, its revision compared, the change kept and handed back. */
function prepareCatalog(database: SqliteDatabase): ReturnType<PrepareApply> {
  database.exec(`
    CREATE TABLE IF NOT EXISTS entries
      (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, entry TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS history
      (position INTEGER PRIMARY KEY, at TEXT NOT NULL, operation TEXT NOT NULL, id TEXT NOT NULL, entry TEXT)`)
  const put = database.prepare(`
    INSERT INTO entries VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, entry = excluded.entry
    WHERE revision = excluded.revision - 1`)
  const note = database.prepare('INSERT INTO history (at, operation, id, entry) VALUES (?, ?, ?, ?)')
  return (commit) => {
    const { operation, changes } = checkCommit(commit)
    return changes.map(({ id, ifRevision, wire }) => {
      const json = JSON.stringify(wire)
      if (put.run(id, ifRevision + 1, json).changes !== 1) throw new Error(`conflict at ${id}`)
      note.run(new Date().toISOString(), operation, id, json)
      return decodeEntry(wire, ifRevision + 1)
    })
  }
}

function shareTransactions(applyAll: (commits: readonly Commit[]) => unknown): Committer['commit'] {
  let waiting: Commit[] = []
  let isCommitted: Promise<void> | undefined
  return (commit) => {
    waiting.push(commit)
    isCommitted ??= new Promise(setImmediate).then(() => {
      const commits = waiting
      waiting = []
      isCommitted = undefined
      applyAll(commits)
    })
    return isCommitted
  }
}

import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openFileStore } from '@catalog/store-fs'
import { sampleEntry } from '@catalog/testkit'

const AT = '2026-02-03T04:05:06.000Z'
const ID = 'org/newer'

/** What a newer version could have written: each object has a field that this version does not know. */
const COMMITS: readonly object[] = [
  {
    ...{ operation: 'settings', changes: [] },
    settings: {
      if: 0,
      content: {
        policy: { max_evidence_age_ms: 1000, new_rule: { limit: 3 } },
        volumes: { v1: { last_seen: AT, node: 'n1', health: 'good' }, v2: { last_seen: AT, node: 'n2' } },
        quota: [1, null],
      },
    },
  },
  {
    ...{ operation: 'verify', actor: 'ann', request: { id: 'r-1' } },
    changes: [{ id: ID, if: 1, entry: wireEntry('two'), hint: 'x' }],
    verification: { id: ID, outcome: 'success', bytes: 1, duration_ms: 2, engine: 'fast' },
  },
  {
    ...{ operation: 'verify', changes: [], trace: 'abc' },
    verification: { id: ID, outcome: 'unreadable', bytes: 0, duration_ms: 2, code: 'FILE_MISSING', tries: 3 },
  },
]

/** A catalog in files that a newer version has changed, with the same format. */
export async function createNewerCatalog(root: string): Promise<void> {
  const store = await openFileStore({ root })
  const { revision: _revision, ...entry } = { revision: 0, ...sampleEntry({ id: ID }) }
  await store.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
  await store.close()
  const journal = join(root, '.catalog', 'journal-000001.jsonl')
  const lines = readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  let prefix = '0'.repeat(32)
  for (const line of lines) prefix = digest(prefix + line)
  for (const [index, commit] of COMMITS.entries()) {
    const point = [lines.length + index, prefix]
    const record = { after: point, synced: point, writer: 'newer', seq: index + 1, at: AT, commits: [commit] }
    const json = JSON.stringify(record)
    const line = `${digest(json)} ${json}`
    appendFileSync(journal, `\n${line}\n`)
    prefix = digest(prefix + line)
  }
}

function wireEntry(name: string): object {
  const facts = {
    name,
    source: 'hf:org/newer',
    digest: null,
    state: 'Pending',
    registered_at: AT,
    verified_at: null,
  }
  return { id: ID, ...facts, colour: { rgb: [1, 2] }, leases: [lease()] }
}

function lease(): object {
  return { id: 'l', holder: 'h', node: 'n', at: AT, until: AT, priority: 'high' }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import type { CatalogSettings, CatalogStore, SettingsOutcome } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { FIRST_PREFIX } from '../src/format/checksum.ts'
import { formatLine, parseLine } from '../src/format/record.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const AT = '2026-01-01T00:00:00.000Z'
const STRICT: CatalogSettings = {
  policy: { requireDeclaredDigest: true, maxEvidenceAgeMs: 1000 },
  volumes: { 'uuid:1': { lastSeen: AT, node: 'node-1' } },
}
const LAX: CatalogSettings = { policy: { ctimeChange: 'trust-mtime' }, volumes: {} }
/** As a later version writes them. */
const NEWER = {
  policy: { require_declared_digest: true, require_digest_origin: ['hub', 'oracle'], colour: 'red' },
  volumes: { 'uuid:1': { last_seen: AT, node: 'node-1', serial: 7 }, 'uuid:2': { last_seen: AT, node: 'n' } },
  shelves: [1],
}

describe('settings', () => {
  const root = useTemporaryRoot()
  const journal = (segment = 1) => root.at('.catalog', `journal-00000${segment}.jsonl`)
  const view = () => root.at('catalog.json')
  const readView = async () => JSON.parse(await readFile(view(), 'utf8'))
  const change = (
    store: CatalogStore,
    settings: CatalogSettings,
    ifRevision: number,
  ): Promise<SettingsOutcome> =>
    store.changeSettings({ ifRevision, settings, actor: 'operator', reason: 'a test' })

  /** A journal of one writer, with a commit for each content. */
  async function writeJournal(...commits: readonly unknown[]): Promise<void> {
    await (await root.open()).close()
    await rm(view())
    const start = [0, FIRST_PREFIX]
    const lines = commits.map((commit, index) => {
      const header = { after: start, synced: start, writer: 'w', seq: index + 1, at: AT }
      return `\n${formatLine(JSON.stringify({ ...header, commits: [commit] }))}`
    })
    await writeFile(journal(), lines.join(''))
  }

  const commitOf = (revision: unknown, content: unknown, changes: unknown = []) => ({
    operation: 'settings',
    changes,
    settings: { if: revision, content },
  })

  it('stand in the journal as one commit without changes', async () => {
    const store = await root.open()
    await change(store, STRICT, 0)
    const line = (await readFile(journal())).subarray(1, -1)
    expect(parseLine(line)).toMatchObject({
      commits: [
        {
          operation: 'settings',
          actor: 'operator',
          reason: 'a test',
          changes: [],
          settings: {
            if: 0,
            content: {
              policy: { require_declared_digest: true, max_evidence_age_ms: 1000 },
              volumes: { 'uuid:1': { last_seen: AT, node: 'node-1' } },
            },
          },
        },
      ],
    })
  })

  it('keep the fields that this version does not know, of each volume that stays', async () => {
    await writeJournal(commitOf(0, NEWER))
    const store = await root.open()
    expect(await store.settings()).toEqual({
      revision: 1,
      policy: { requireDeclaredDigest: true, requireDigestOrigin: ['hub', 'oracle'] },
      volumes: { 'uuid:1': { lastSeen: AT, node: 'node-1' }, 'uuid:2': { lastSeen: AT, node: 'n' } },
      extra: expect.objectContaining({ policy: { colour: 'red' }, shelves: [1] }),
    })
    await change(store, { ...LAX, volumes: STRICT.volumes }, 1)
    expect(await store.settings()).toEqual({
      ...{ ...LAX, volumes: STRICT.volumes, revision: 2 },
      extra: { policy: { colour: 'red' }, shelves: [1], volumes: { 'uuid:1': { serial: 7 } } },
    })
    await store.close()
    expect((await readView()).settings).toEqual({
      revision: 2,
      policy: { ctime_change: 'trust-mtime', colour: 'red' },
      volumes: { 'uuid:1': { last_seen: AT, node: 'node-1', serial: 7 } },
      shelves: [1],
    })
  })

  it('keep an origin of digests that only a newer version knows, also if another rule changes', async () => {
    await writeJournal(commitOf(0, NEWER))
    const store = await root.open()
    const { policy, volumes } = await store.settings()
    await change(store, { policy: { ...policy, silentAfterMs: 5 }, volumes }, 1)
    await store.close()
    expect((await readView()).settings.policy).toMatchObject({ require_digest_origin: ['hub', 'oracle'] })
  })

  it('go through seals, snapshots, pruning and verification', async () => {
    const store = await root.open({ segmentBytes: 1024 })
    await change(store, STRICT, 0)
    await register(store, ...'abcdefgh')
    await change(store, LAX, 1)
    await register(store, ...'ijklmnop')
    expect(await store.pruneHistory({ keepSegments: 2 })).not.toMatchObject({ removed: [] })
    await store.close()
    const reopened = await root.open()
    expect(await reopened.settings()).toEqual({ ...LAX, revision: 2 })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
    expect(await change(reopened, STRICT, 1)).toEqual({ applied: false, foundRevision: 2 })
  })

  it('are READ_ONLY to change in a store that only reads', async () => {
    await change(await root.open(), STRICT, 0)
    const reader = await root.open({ readOnly: true })
    expect(await reader.settings()).toEqual({ ...STRICT, revision: 1 })
    await expect(change(reader, LAX, 1)).rejects.toMatchObject({ code: 'READ_ONLY' })
  })

  it.each<[string, string, unknown]>([
    ['are not an object', '1 strict', { operation: 'settings', changes: [], settings: 7 }],
    ['have no revision', '1 strict', commitOf('1', NEWER)],
    ['stand beside changes', '3 lax', commitOf(1, NEWER, [{ id: 'a', if: 0, entry: null }])],
    ['have a policy of another form', '3 lax', commitOf(1, { ...NEWER, policy: { ctime_change: 'ignore' } })],
    ['have no volumes', '3 lax', commitOf(1, { policy: {} })],
  ])(
    'that %s, with a right checksum, are DAMAGED, and repair leaves them as they were',
    async (_, after, commit) => {
      await writeJournal(commitOf(0, NEWER), commit, commitOf(2, { policy: {}, volumes: {} }))
      await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED', details: { path: journal() } })
      await repairCatalog(root.path)
      expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
      const store = await root.open()
      expect(await describeSettings(store)).toBe(after)
    },
  )

  async function describeSettings(store: CatalogStore): Promise<string> {
    const { revision, policy } = await store.settings()
    return `${revision} ${policy.requireDeclaredDigest === true ? 'strict' : 'lax'}`
  }

  it('that cannot be read count as one revision, so that the ones behind take effect as they did', async () => {
    const wrong = { ...NEWER, policy: { ctime_change: 'ignore' } }
    await writeJournal(commitOf(0, NEWER), commitOf(1, wrong), commitOf(1, { policy: {}, volumes: {} }))
    await repairCatalog(root.path)
    const store = await root.open()
    expect(await store.settings()).toMatchObject({ revision: 2, policy: { requireDeclaredDigest: true } })
  })

  it('are made again with a damaged snapshot', async () => {
    const store = await root.open({ segmentBytes: 1024 })
    await change(store, STRICT, 0)
    await register(store, ...'abcdefgh')
    await store.close()
    await appendFile(root.at('.catalog', 'snapshot-000002.jsonl'), 'x')
    await repairCatalog(root.path)
    expect(await (await root.open()).settings()).toEqual({ ...STRICT, revision: 1 })
  })
})

describe('settings in catalog.json', () => {
  const root = useTemporaryRoot()
  const view = () => root.at('catalog.json')
  const readView = async () => JSON.parse(await readFile(view(), 'utf8'))
  const edit = async (fields: object) =>
    writeFile(view(), JSON.stringify({ ...(await readView()), ...fields }))

  async function storeStrict(): Promise<void> {
    const store = await root.open()
    await register(store, 'a')
    await store.changeSettings({ ifRevision: 0, settings: STRICT })
    await store.close()
  }

  it('stand before the models, and a catalog that has none has no such field', async () => {
    await (await root.open()).close()
    expect(await readView()).not.toHaveProperty('settings')
    await storeStrict()
    const found = await readView()
    expect(found.settings).toMatchObject({ revision: 1, policy: { require_declared_digest: true } })
    expect(Object.keys(found).slice(-2)).toEqual(['settings', 'models'])
  })

  it('are adopted with it, and go on counting', async () => {
    await storeStrict()
    await rm(root.at('.catalog'), { recursive: true })
    const store = await root.open()
    expect(await store.settings()).toEqual({ ...STRICT, revision: 1 })
    expect(await store.changeSettings({ ifRevision: 1, settings: LAX })).toMatchObject({ applied: true })
  })

  it('edited by hand are a change of the settings, also beside one of a model', async () => {
    await storeStrict()
    const { models } = await readView()
    await edit({
      settings: { policy: { silent_after_ms: 5 }, volumes: {} },
      models: [{ ...models[0], name: 'x' }],
    })
    const store = await root.open()
    expect(await store.settings()).toEqual({ revision: 2, policy: { silentAfterMs: 5 }, volumes: {} })
    expect(await store.list({})).toMatchObject([{ id: 'a', name: 'x' }])
    await store.close()
    expect(await (await root.open()).settings()).toMatchObject({ revision: 2 })
  })

  it('taken out of it by a program that knows none stay as they are', async () => {
    await storeStrict()
    await edit({ settings: undefined })
    expect(await (await root.open()).settings()).toEqual({ ...STRICT, revision: 1 })
  })

  it('edited to what they cannot be are EDITED_OUTSIDE, with the place', async () => {
    await storeStrict()
    await edit({ settings: { policy: { ctime_change: 'ignore' }, volumes: {} } })
    await expect(root.open()).rejects.toMatchObject({
      code: 'EDITED_OUTSIDE',
      details: { places: [{ problem: 'settings.policy.ctime_change must be one of stale, trust-mtime' }] },
    })
  })

  it('that changed since the edited file was written are not overwritten: EDITED_OUTSIDE', async () => {
    await storeStrict()
    const before = await readView()
    const store = await root.open()
    await store.changeSettings({ ifRevision: 1, settings: LAX })
    await store.close()
    await writeFile(view(), JSON.stringify({ ...before, settings: { policy: {}, volumes: {} } }))
    await expect(root.open()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE' })
  })

  it('leave a field of that name of another program alone until some are stored', async () => {
    await writeFile(view(), JSON.stringify({ settings: { theme: 'dark' }, models: [] }))
    const store = await root.open()
    expect(await store.settings()).toMatchObject({ revision: 0 })
    await register(store, 'a')
    await store.close()
    expect((await readView()).settings).toEqual({ theme: 'dark' })
  })

  it('that are malformed in a file to adopt are DAMAGED', async () => {
    await writeFile(view(), JSON.stringify({ settings: { policy: { ctime_change: 1 } }, models: [] }))
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED' })
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { bundleProgram, lacks } from '@catalog/testkit/running'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RecoveryReport } from '../src/journal/recovery-report.ts'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { idsOf, register, registrationOf } from './commits.ts'
import { readRecords, zeroRecord } from './journal-lines.ts'
import { RecordingDisk } from './recording-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const MODEL = {
  id: 'bare',
  name: 'bare',
  source: 'file:x',
  digest: null,
  state: 'Pending',
  registered_at: '2025-10-01T00:00:00Z',
  verified_at: null,
}

describe('a store that only reads', () => {
  const root = useTemporaryRoot()
  const openReader = (disk = new RecordingDisk()) => root.open({ readOnly: true, disk })

  it('makes no call that writes, from opening to closing', async () => {
    const writer = await root.open({ segmentBytes: 1024 })
    const disk = new RecordingDisk()
    const reader = await openReader(disk)
    await register(writer, 'a', 'b', 'c', 'd', 'e', 'f')
    expect(await idsOf(reader)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(await reader.changes(0)).toHaveLength(6)
    expect(await reader.counts()).toMatchObject({ Pending: 6 })
    await reader.close()
    expect(disk.writes).toEqual([])
  })

  it('refuses commits before it looks at them', async () => {
    await (await root.open()).close()
    const reader = await openReader()
    const refused = { code: 'READ_ONLY', details: { path: root.path } }
    await expect(reader.commit([registrationOf('a')])).rejects.toMatchObject(refused)
    await expect(reader.commit([])).rejects.toMatchObject(refused)
    await reader.close()
    await expect(reader.commit([])).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('leaves the view and the temporary files of others alone', async () => {
    await (await root.open()).close()
    await rm(root.at('catalog.json'))
    await (await openReader()).close()
    expect(await readdir(root.path)).toEqual(['.catalog'])
  })

  it('is CATALOG_MISSING if there is no catalog, and makes none', async () => {
    await expect(openReader()).rejects.toMatchObject({
      code: 'CATALOG_MISSING',
      details: { path: root.path },
    })
    await expect(root.open({ readOnly: true, root: root.at('none') })).rejects.toMatchObject({
      code: 'CATALOG_MISSING',
    })
    expect(await readdir(root.path)).toEqual([])
  })

  it('without `create` a store is opened for writing only if there is a catalog', async () => {
    const missing = { code: 'CATALOG_MISSING', details: { path: root.path } }
    await expect(root.open({ create: false })).rejects.toMatchObject(missing)
    expect(await readdir(root.path)).toEqual([])
    await writeFile(root.at('catalog.json'), '{"models":[]}')
    const adopted = await root.open({ create: false })
    await register(adopted, 'a')
    expect(await idsOf(await root.open({ create: false }))).toEqual(['a'])
  })

  it('reads a catalog.json without a journal, and follows the journal once a writer makes it', async () => {
    await writeFile(root.at('catalog.json'), JSON.stringify({ models: [MODEL] }))
    const reader = await openReader()
    expect(await idsOf(reader)).toEqual(['bare'])
    expect(await reader.changes(0)).toEqual([])
    expect(await readdir(root.path)).toEqual(['catalog.json'])
    await register(await root.open(), 'a')
    expect(await idsOf(reader)).toEqual(['a', 'bare'])
  })

  it('reads a sealed segment whose next one was never made', async () => {
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    const journal = root.at('.catalog', 'journal-000001.jsonl')
    await zeroRecord(journal, 2)
    await repairCatalog(root.path)
    for (const kind of ['journal', 'snapshot']) {
      await rm(root.at('.catalog', `${kind}-000002.jsonl`), { force: true })
    }
    const reader = await openReader()
    expect(await idsOf(reader)).toEqual(['a'])
    await register(await root.open(), 'b')
    expect(await idsOf(reader)).toEqual(['a', 'b'])
  })
})

describe('a damaged catalog', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')
  const damage = async () => {
    const store = await root.open()
    await register(store, 'a', 'b', 'c', 'd')
    await store.close()
    await zeroRecord(journal(), 3)
  }

  it('is DAMAGED also for a store that only reads, unless the intact prefix is asked for', async () => {
    await damage()
    await expect(root.open({ readOnly: true })).rejects.toMatchObject({ code: 'DAMAGED' })
    await expect(root.open({ intactPrefix: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('can be read up to the damage, of which the caller is told', async () => {
    await damage()
    const place = (await readRecords(journal()))[2]
    const reports: RecoveryReport[] = []
    const onRecovery = (report: RecoveryReport) => reports.push(report)
    const reader = await root.open({ readOnly: true, intactPrefix: true, onRecovery })
    expect(await idsOf(reader)).toEqual(['a', 'b'])
    expect(reports).toMatchObject([{ damage: { path: journal(), recordsBefore: 2 } }])
    expect(place).toBeDefined()
    await repairCatalog(root.path)
    await register(await root.open(), 'e')
    expect(await idsOf(reader)).toEqual(['a', 'b', 'e'])
  })

  it('can be read in full where only its newest snapshot is damaged', async () => {
    const store = await root.open({ segmentBytes: 1024 })
    await register(store, 'a', 'b', 'c', 'd')
    await store.close()
    const latest = (await readdir(root.at('.catalog'))).filter((name) => name.startsWith('snapshot')).at(-1)
    await writeFile(root.at('.catalog', latest ?? ''), 'x')
    const reader = await root.open({ readOnly: true, intactPrefix: true })
    expect(await idsOf(reader)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is DAMAGED for stores that are open, to read and to write', async () => {
    const open = [await root.open(), await root.open({ readOnly: true, intactPrefix: true })]
    await register(await root.open(), 'a', 'b')
    await zeroRecord(journal(), 1)
    for (const store of open) await expect(idsOf(store)).rejects.toMatchObject({ code: 'DAMAGED' })
    await expect(open[0]?.commit([registrationOf('c')])).rejects.toMatchObject({ code: 'DAMAGED' })
  })
})

describe.skipIf(lacks('other-user'))('a process without the right to write', () => {
  const root = useTemporaryRoot()
  let umask = 0
  beforeEach(() => {
    umask = process.umask(0o022)
  })
  afterEach(() => process.umask(umask))

  it('reads all that a writer acknowledges, over several segments', async () => {
    await chmod(root.path, 0o755)
    const writer = await root.open({ segmentBytes: 1024 })
    await register(writer, 'first')
    const before = await readFile(root.at('.catalog', 'snapshot-000001.jsonl'))
    const reader = await startReader(root.path)
    try {
      expect(await reader.next()).toBe('open')
      for (let number = 0; number < 8; number += 1) {
        await register(writer, `model-${number}`)
        reader.ask()
        expect(await reader.next()).toBe(String(number + 2))
      }
      expect((await readdir(root.at('.catalog'))).length).toBeGreaterThan(5)
      reader.finish()
      expect(await reader.next()).toBe('EACCES')
    } finally {
      await reader.end()
    }
    expect(await readFile(root.at('.catalog', 'snapshot-000001.jsonl'))).toEqual(before)
  })
})

interface Reader {
  next(): Promise<string>
  ask(): void
  /** Has it close the catalog and try to write. */
  finish(): void
  /** The same; resolves when the process has ended. */
  end(): Promise<void>
}

/** A process of another user that has the catalog open and prints how many models it sees when asked. */
async function startReader(root: string): Promise<Reader> {
  const { node, path } = await bundleProgram(new URL('./read-only-reader.ts', import.meta.url))
  const child = spawn(node, [path, root], {
    uid: 65534,
    gid: 65534,
    env: { ...process.env, HOME: '/nonexistent' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    next: async () => (await lines.next()).value,
    ask: () => child.stdin.write('\n'),
    finish: () => child.stdin.end(),
    async end() {
      child.stdin.end()
      await ended
    },
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { bundleProgram, lacks, PostgresServer } from '@catalog/testkit/running'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Catalog, type MigrateProgress, migrateCatalog, openCatalog } from '../src/index.ts'

const directory = useTemporaryDirectory()

describe.skipIf(lacks('postgres'))('migrateCatalog', () => {
  let server: PostgresServer
  let schemas = 0
  let files: string
  let store: string
  beforeAll(async () => {
    server = await PostgresServer.start()
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    schemas += 1
    files = directory.at('files')
    store = `${server.connectionString}?schema=models_${schemas}`
  })

  /** A catalog with so many changes, in the files or the database. */
  async function make(count: number, place: { store?: string } = {}): Promise<void> {
    await using catalog = await openCatalog({ root: files, ...place })
    for (let number = 0; number < count; number += 1)
      await catalog.register({ id: `m-${number}`, source: 'hf:org/m', reason: `number ${number}` })
  }

  const openThere = (): Promise<Catalog> => openCatalog({ root: directory.at('here'), store })

  it('two schemas, and two sockets, are two places, and the report names each as what it is', async () => {
    await make(1, { store })
    const other = `${server.connectionString}?schema=other_${schemas}`
    const report = await migrateCatalog({ from: store, to: other })
    expect([report.from, report.to].map((place) => place.replace(/^.*\?/u, ''))).toEqual([
      `schema=models_${schemas}`,
      `schema=other_${schemas}`,
    ])
    const same = migrateCatalog({ from: 'postgres:///m?host=/a', to: 'postgres:///m?schema=catalog&host=/a' })
    await expect(same).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    // Nothing answers at either, but they are not the same.
    const away = migrateCatalog({ from: 'postgres:///m?host=/a', to: 'postgres:///m?host=/b' })
    await expect(away).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  }, 30_000)

  it.each(['to PostgreSQL', 'to files', 'from files to files'])(
    '%s: goes on after SIGKILL, and both are equal',
    async (way) => {
      const isToFiles = way !== 'to PostgreSQL'
      const isFromTables = way === 'to files'
      // More than is written at once.
      await make(300, isFromTables ? { store } : {})
      const target = directory.at('target')
      const [from, to] = [isFromTables ? store : files, isToFiles ? target : store]
      const { node, path } = await bundleProgram(new URL('migrating-program.ts', import.meta.url))
      const child = spawn(node, [path, from, to], { stdio: ['ignore', 'pipe', 'inherit'] })
      const lines = createInterface({ input: child.stdout })
      const closed = once(child, 'close')
      lines.on('line', (line) => {
        if (line.startsWith('copy ')) child.kill('SIGKILL')
      })
      expect((await closed)[1]).toBe('SIGKILL')
      // What is not whole is opened by no program.
      const opening = isToFiles ? openCatalog({ root: target }) : openThere()
      await expect(opening).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
      const steps: MigrateProgress[] = []
      const report = await migrateCatalog({ from, to, onProgress: (step) => steps.push(step) })
      expect(report.isComplete).toBe(true)
      expect(report.copied).toBeLessThan(report.position)
      expect(report.copied).toBeGreaterThan(0)
      expect(steps[0]?.step).toBe('check')
      expect(await migrateCatalog({ from, to })).toMatchObject({ copied: 0, isComplete: true })
      await using one = await openCatalog({ root: files, ...(isFromTables && { store }) })
      await using other = await (isToFiles ? openCatalog({ root: target }) : openThere())
      expect(await other.history.changes()).toEqual(await one.history.changes())
      const id = 'm-100'
      const [{ at } = { at: '' }] = await one.history.of(id)
      expect(await other.history.stateAt(at, id)).toEqual(await one.history.stateAt(at, id))
      const watch = other.watch({ since: report.position - 100 })
      const oldWatch = one.watch({ since: report.position - 100 })
      expect(await watch.next()).toEqual(await oldWatch.next())
      await Promise.all([watch.return?.(), oldWatch.return?.()])
    },
    120_000,
  )

  it('copies what the original got meanwhile, and what it got since', async () => {
    await make(5)
    await using original = await openCatalog({ root: files })
    let isFirst = true
    const report = await migrateCatalog({
      ...{ from: files, to: store },
      onProgress({ step }) {
        if (step === 'copy' && isFirst) {
          isFirst = false
          // Before the migration looks whether there is more.
          void original.register({ id: 'late', source: 'hf:org/late' })
        }
      },
    })
    await original.register({ id: 'later', source: 'hf:org/later' })
    const again = await migrateCatalog({ from: files, to: store })
    expect([report, again].map(({ copied }) => copied > 0)).toEqual([true, true])
    await using there = await openThere()
    expect(await there.list()).toEqual(await original.list())
    expect(await there.history.changes()).toEqual(await original.history.changes())
  })

  it('keeps what this machine has read, so that nothing is read again', async () => {
    const node = 'machine-a'
    await using original = await openCatalog({ root: files, node })
    await original.register({ id: 'm', source: 'hf:org/m' })
    writeFileSync(await original.modelPath('m'), sampleGguf('m'))
    await original.verify('m')
    await migrateCatalog({ from: files, to: store })
    await using there = await openCatalog({ root: files, store, node })
    expect((await there.resolve('m')).path).toBe((await original.resolve('m')).path)
    await migrateCatalog({ from: store, to: directory.at('back') })
  })

  it('refuses a place with another catalog, and changes nothing there', async () => {
    await make(3)
    await using there = await openThere()
    await there.register({ id: 'other', source: 'hf:org/other' })
    const migration = migrateCatalog({ from: files, to: store })
    await expect(migration).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'to' }] },
    })
    expect(await there.list()).toMatchObject([{ id: 'other' }])
    const back = migrateCatalog({ from: store, to: files })
    await expect(back).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(migrateCatalog({ from: store, to: store })).rejects.toThrow('another place')
  })

  it('has nothing to do once the copy is in use and the original is not', async () => {
    await make(3)
    await migrateCatalog({ from: files, to: store })
    await using there = await openThere()
    await there.register({ id: 'new', source: 'hf:org/new' })
    expect(await migrateCatalog({ from: files, to: store })).toMatchObject({ copied: 0 })
    expect(await there.count()).toBe(4)
  })

  it('copies nothing with dryRun', async () => {
    await make(3)
    const before = await migrateCatalog({ from: files, to: store, dryRun: true })
    expect(before.copied).toBe(before.position)
    await expect(openCatalog({ root: files, store, create: false })).rejects.toMatchObject({
      code: 'CATALOG_MISSING',
    })
    await migrateCatalog({ from: files, to: store })
    const target = directory.at('target')
    await migrateCatalog({ from: store, to: target, dryRun: true })
    expect(existsSync(target)).toBe(false)
  })

  it('needs a catalog to copy', async () => {
    const missing = migrateCatalog({ from: directory.at('nowhere'), to: store })
    await expect(missing).rejects.toMatchObject({ code: 'CATALOG_MISSING' })
  })
})

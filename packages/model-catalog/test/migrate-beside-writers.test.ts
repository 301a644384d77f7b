import { spawnSync } from 'node:child_process'
import { openFileCopy, openFileStore } from '@catalog/store-fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { bundleProgram, lacks, PostgresServer } from '@catalog/testkit/running'
import type { CatalogCopy, CopiedRecord, StoredSettings } from '@catalog/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MigrateProgress, type MigrateReport, migrateCatalog, openCatalog } from '../src/index.ts'
import { copyCatalog } from '../src/migrate/copy-catalog.ts'

const directory = useTemporaryDirectory()

describe.skipIf(lacks('postgres'))('a catalog that another process changes while it is migrated', () => {
  let server: PostgresServer
  let schemas = 0
  beforeAll(async () => {
    server = await PostgresServer.start()
  })
  afterAll(() => server.stop())

  describe.each(['to PostgreSQL', 'to files'])('%s', (way) => {
    it.each([
      ['a model', 'copy', 'once'],
      ['a model', 'compare', 'once'],
      ['the policy', 'compare', 'once'],
      ['a model', 'compare', 'each time'],
      ['the policy', 'compare', 'each time'],
    ] as const)('%s, at the step %s, %s', async (what, step, often) => {
      schemas += 1
      const files = directory.at(`files-${schemas}`)
      const store = `${server.connectionString}?schema=beside_${schemas}`
      const target = directory.at(`target-${schemas}`)
      const isToFiles = way === 'to files'
      const [from, to] = isToFiles ? [store, target] : [files, store]
      const source = { root: files, ...(isToFiles && { store }) }
      const there = isToFiles ? { root: target } : { root: directory.at('here'), store }
      await using original = await openCatalog(source)
      for (const id of ['a', 'b']) await original.register({ id, source: 'hf:org/m' })
      const { node, path } = await bundleProgram(new URL('changing-program.ts', import.meta.url))
      const isCopied = often === 'once'
      let changes = 0
      const first = await migrate(from, to, (progress) => {
        const isDue = progress.step === step && progress.position === progress.until
        if (!isDue || (isCopied && changes > 0)) return
        changes += 1
        // Done before the migration goes on.
        const args = [path, what, String(changes), files, ...(isToFiles ? [store] : [])]
        expect(spawnSync(node, args, { stdio: 'inherit' }).status).toBe(0)
      })
      expect(first.isComplete).toBe(isCopied)
      const opening = openCatalog(there).then((copy) => copy.close())
      if (isCopied) await opening
      else await expect(opening).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
      const second = await migrate(from, to)
      expect(second.isComplete).toBe(true)
      expect(second.copied > 0).toBe(!isCopied)
      await using copy = await openCatalog(there)
      expect(await copy.list()).toEqual(await original.list())
      expect(await copy.history.changes()).toEqual(await original.history.changes())
      expect(await copy.policy.get()).toEqual(await original.policy.get())
    })
  })

  const migrate = (
    from: string,
    to: string,
    onProgress?: (progress: MigrateProgress) => void,
  ): Promise<MigrateReport> => migrateCatalog({ from, to, onProgress })
})

describe('a copy that is not what was copied', () => {
  it.each([
    ['a change', 'position 2 of the history is not the same'],
    ['the settings', 'the settings are not the same'],
  ])('is DAMAGED, and no store opens it: %s', async (what, problem) => {
    const [from, to] = [directory.at('original'), directory.at(`wrong in ${what}`)]
    const original = await openCatalog({ root: from })
    for (const id of ['a', 'b']) await original.register({ id, source: 'hf:org/m', actor: 'ann' })
    await original.policy.set({ maxEvidenceAgeMs: 1 })
    await original.close()
    const source = await openFileStore({ root: from, readOnly: true })
    const copy = spoil(await openFileCopy(to), what)
    const options = { dryRun: false, signal: undefined, onProgress: undefined }
    const copying = copyCatalog({ source, place: from, copy, ...options })
    await expect(copying).rejects.toMatchObject({ code: 'DAMAGED', details: { problem } })
    await Promise.all([copy.close(), source.close()])
    await expect(openCatalog({ root: to })).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
    const again = migrateCatalog({ from, to })
    await expect(again).rejects.toMatchObject({ code: what === 'a change' ? 'INVALID_INPUT' : 'DAMAGED' })
  })
})

/** Writes something else than it is given. */
function spoil(copy: CatalogCopy, what: string): CatalogCopy {
  const [begin, append] = [copy.begin.bind(copy), copy.append.bind(copy)]
  copy.begin = (beginning) =>
    begin(
      what === 'the settings' ? { ...beginning, settings: { ...beginning.settings, policy: {} } } : beginning,
    )
  copy.append = (records, settings) =>
    what === 'a change'
      ? append(records.map(withOtherActor), settings)
      : append(records, { ...settings, policy: {} } satisfies StoredSettings)
  return copy
}

function withOtherActor(record: CopiedRecord): CopiedRecord {
  if (record.position !== 2) return record
  return { ...record, changes: record.changes.map((change) => ({ ...change, actor: 'eve' })) }
}

import { cp, link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RecoveryReport } from '../src/journal/recovery-report.ts'
import { idsOf, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('an older .catalog that was put back beside a newer catalog.json', () => {
  const root = useTemporaryRoot()
  const view = () => root.at('catalog.json')
  const openTelling = async (options = {}) => {
    const reports: RecoveryReport[] = []
    const store = await root.open({ ...options, onRecovery: (report) => reports.push(report) })
    return { store, reports }
  }
  const findKept = async () =>
    (await readdir(root.path)).filter((name) => name.startsWith('catalog.json.broken-'))
  let newer = Buffer.of()

  beforeEach(async () => {
    const first = await root.open()
    await register(first, 'one')
    await first.close()
    await cp(root.at('.catalog'), root.at('backup'), { recursive: true })
    const second = await root.open()
    await register(second, 'two', 'three')
    await second.close()
    newer = await readFile(view())
    await rename(root.at('.catalog'), root.at('lost'))
    await rename(root.at('backup'), root.at('.catalog'))
  })

  it('opens; the catalog.json is kept under another name, byte for byte, and that is told', async () => {
    const { store, reports } = await openTelling()
    expect(await idsOf(store)).toEqual(['one'])
    const [kept = ''] = await findKept()
    expect((await readFile(root.at(kept))).equals(newer)).toBe(true)
    expect(reports).toMatchObject([
      { newerView: { path: view(), keptFile: root.at(kept), revision: 5, head: 2 } },
    ])
    await store.close()
    expect(JSON.parse(await readFile(view(), 'utf8')).models).toHaveLength(1)
  })

  it('is told once: the next opening finds a catalog.json of its own', async () => {
    await (await root.open()).close()
    const { reports } = await openTelling()
    expect(reports).toEqual([])
    expect(await findKept()).toHaveLength(1)
  })

  it('is told to a reader, and nothing is moved', async () => {
    const { store, reports } = await openTelling({ readOnly: true })
    expect(await idsOf(store)).toEqual(['one'])
    expect(reports).toMatchObject([{ newerView: { path: view(), keptFile: undefined } }])
    expect((await readFile(view())).equals(newer)).toBe(true)
  })

  it('is moved away also by many that open it at the same time', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => root.open()))
    await Promise.all(stores.map((store, index) => register(store, `model-${index}`)))
    for (const store of stores) await store.close()
    const kept = await Promise.all((await findKept()).map((name) => readFile(root.at(name))))
    expect(kept.some((bytes) => bytes.equals(newer))).toBe(true)
  })

  it('is EDITED_OUTSIDE and left alone if the newer catalog.json was edited by hand', async () => {
    const edited = newer.toString().replace('"name": "', '"name": "HAND EDIT ')
    await writeFile(view(), edited)
    await expect(root.open()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE' })
    expect(await readFile(view(), 'utf8')).toBe(edited)
  })

  it('gives all models back if the .catalog is moved away and the kept file takes its name again', async () => {
    await (await root.open()).close()
    const [kept = ''] = await findKept()
    await rm(root.at('.catalog'), { recursive: true })
    await rename(root.at(kept), view())
    expect(await idsOf(await root.open())).toEqual(['one', 'three', 'two'])
  })
})

describe('a journal with a second name', () => {
  const root = useTemporaryRoot()

  it.each([false, true])(
    'is told, read-only %s: what is written to it is written to the copy',
    async (readOnly) => {
      const store = await root.open()
      await register(store, 'a')
      await store.close()
      const journal = root.at('.catalog', 'journal-000001.jsonl')
      await link(journal, root.at('backup.jsonl'))
      const reports: RecoveryReport[] = []
      await root.open({ readOnly, onRecovery: (report) => reports.push(report) })
      expect(reports).toMatchObject([{ linkedFiles: [journal] }])
      await rm(root.at('backup.jsonl'))
      await root.open({ readOnly, onRecovery: (report) => reports.push(report) })
      expect(reports).toHaveLength(1)
    },
  )
})

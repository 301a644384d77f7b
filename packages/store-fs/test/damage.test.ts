import { appendFile, cp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { formatLine } from '../src/format/record.ts'
import { idsOf, register } from './commits.ts'
import { readRecords, zeroRecord } from './journal-lines.ts'
import { useTemporaryRoot } from './temporary-root.ts'

// On the real disk, and some of the bytes: `every-byte/` damages all of them, and whole catalogs of other kinds.
describe('a journal that was changed behind our back', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  it('is DAMAGED, wherever in an acknowledged record a byte is flipped', async () => {
    const store = await root.open()
    await register(store, 'a', 'b', 'c')
    await store.close()
    const intact = await readFile(journal())
    const mark = intact.lastIndexOf('\n', intact.length - 2)
    for (let offset = 0; offset < mark; offset += 61) {
      if (intact[offset] === 0x0a) continue
      const damaged = Buffer.from(intact)
      damaged[offset] = (damaged[offset] ?? 0) ^ 0x01
      await writeFile(journal(), damaged)
      await expect(root.open(), `byte ${offset}`).rejects.toMatchObject({
        code: 'DAMAGED',
        details: { path: journal() },
      })
      expect(await readFile(journal())).toEqual(damaged)
    }
  })

  it('is DAMAGED for a store that is open when a record before its next one disappears', async () => {
    const store = await root.open()
    await register(store, 'a', 'b')
    await truncate(journal(), 10)
    await expect(idsOf(store)).rejects.toMatchObject({ code: 'DAMAGED' })
    await expect(register(store, 'c')).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is DAMAGED for a store that is open when a record builds on one that is not there, and is not written to', async () => {
    const store = await root.open()
    await register(store, 'a', 'b')
    const { record } = (await readRecords(journal()))[1] ?? {}
    const alien = { ...record, after: [7, record?.after[1]], writer: 'alien' }
    await appendFile(journal(), formatLine(JSON.stringify(alien)))
    const before = await readFile(journal())
    await expect(register(store, 'c')).rejects.toMatchObject({ code: 'DAMAGED' })
    expect(await readFile(journal())).toEqual(before)
  })

  it('stays DAMAGED for a store that has seen it, also where the bytes come back', async () => {
    const store = await root.open()
    await register(store, 'a', 'b')
    const intact = await readFile(journal())
    await truncate(journal(), 10)
    await expect(idsOf(store)).rejects.toMatchObject({ code: 'DAMAGED' })
    await writeFile(journal(), intact)
    await expect(idsOf(store)).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is DAMAGED for an open store where a record builds on one that is gone: no power cut can have taken it', async () => {
    const reader = await root.open()
    for (const id of ['a', 'b']) await register(await root.open(), id)
    await zeroRecord(journal(), 1)
    await expect(idsOf(reader)).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is DAMAGED from the damage on, and not from an unfinished line far before it', async () => {
    const store = await root.open()
    await register(store, 'a')
    await appendFile(journal(), 'unfinished')
    await register(store, 'b', 'c', 'd', 'e')
    const place = (await readRecords(journal()))[3]
    await zeroRecord(journal(), 4)
    await expect(root.open()).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { offset: place?.start, recordsBefore: 3 },
    })
  })

  it('is DAMAGED where all but its records is gone, and they are not taken for those of an empty catalog', async () => {
    await writeFile(root.at('catalog.json'), JSON.stringify({ models: [] }))
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    await rm(root.at('catalog.json'))
    await rm(root.at('.catalog', 'snapshot-000001.jsonl'))
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is DAMAGED where its snapshot is gone, and nothing new is begun beside it', async () => {
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    await rm(root.at('.catalog', 'snapshot-000001.jsonl'))
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is DAMAGED where it is gone itself', async () => {
    await (await root.open()).close()
    await rm(journal())
    await expect(root.open()).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('can be copied while it is written: the copy opens with all that was acknowledged before', async () => {
    const store = await root.open()
    await register(store, 'a', 'b')
    await cp(root.at('.catalog'), root.at('copy', '.catalog'), { recursive: true })
    await register(store, 'c')
    await store.close()
    await cp(root.at('catalog.json'), root.at('copy', 'catalog.json'))
    expect(await idsOf(await root.open({ root: root.at('copy') }))).toEqual(['a', 'b'])
  })
})

describe('an old segment that was changed behind our back', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  it.each([
    ['its last record is gone', (text: string) => `${text.trimEnd().split('\n').slice(0, -3).join('\n')}\n`],
    ['its seal is no longer a record', (text: string) => text.replace('"seal":true', '"seal":TRUE')],
  ])('leaves the state whole, and the history is DAMAGED, where %s', async (_, damage) => {
    const store = await root.open({ segmentBytes: 1024 })
    await register(store, 'a', 'b', 'c', 'd')
    await store.close()
    await writeFile(journal(), damage(await readFile(journal(), 'utf8')))
    const reopened = await root.open()
    expect(await idsOf(reopened)).toEqual(['a', 'b', 'c', 'd'])
    await expect(reopened.changes(0)).rejects.toMatchObject({ code: 'DAMAGED', details: { path: journal() } })
  })
})

describe('a snapshot that was changed behind our back', () => {
  const root = useTemporaryRoot()

  it('is DAMAGED, whichever byte is flipped', async () => {
    await writeFile(
      root.at('catalog.json'),
      JSON.stringify({
        models: ['a', 'b'].map((id) => ({
          id,
          name: id,
          source: 'file:x',
          digest: null,
          state: 'Pending',
          registered_at: '2025-10-01T00:00:00Z',
          verified_at: null,
        })),
      }),
    )
    await (await root.open()).close()
    const snapshot = root.at('.catalog', 'snapshot-000001.jsonl')
    const intact = await readFile(snapshot)
    for (let offset = 0; offset < intact.length; offset += 37) {
      const damaged = Buffer.from(intact)
      damaged[offset] = (damaged[offset] ?? 0) ^ 0x01
      await writeFile(snapshot, damaged)
      await expect(root.open(), `byte ${offset}`).rejects.toMatchObject({ code: 'DAMAGED' })
    }
  })
})

describe('a format of the future', () => {
  const root = useTemporaryRoot()

  it('is UNSUPPORTED_FORMAT', async () => {
    await (await root.open()).close()
    await writeFile(root.at('.catalog', 'format'), '3\n')
    await expect(root.open()).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      details: { found: 'format "3"' },
    })
  })
})

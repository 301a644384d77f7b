import { cp, rename, rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { idsOf, modelId, register } from './commits.ts'
import { ManualTimers } from './manual-timers.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const REPLACED = { code: 'CATALOG_REPLACED', details: { path: expect.stringContaining('journal-') } }

// What an operator does who restores a backup and forgets that something is running.
describe('a store under which the journal was put away', () => {
  const root = useTemporaryRoot()

  it.each([
    ['removed', () => rm(root.at('.catalog'), { recursive: true })],
    ['moved', () => rename(root.at('.catalog'), root.at('before'))],
    ['replaced by a copy of the directory', restoreDirectory],
    ['replaced by a copy of the file', restoreFile],
  ])('acknowledges nothing that no store will find: %s', async (_, replace) => {
    const store = await root.open({ timers: new ManualTimers() })
    await register(store, 'a')
    await replace()
    await expect(register(store, 'b')).rejects.toMatchObject(REPLACED)
    await expect(store.get(modelId('a'))).rejects.toMatchObject(REPLACED)
    await store.close().catch(() => undefined)
  })

  it('is of use again once it was opened again', async () => {
    const store = await root.open()
    await register(store, 'a')
    await restoreDirectory()
    await expect(register(store, 'b')).rejects.toMatchObject(REPLACED)
    await store.close().catch(() => undefined)
    const reopened = await root.open()
    await register(reopened, 'b')
    expect(await idsOf(reopened)).toEqual(['a', 'b'])
  })

  it('tells a reader at once if the file no longer has a name', async () => {
    await register(await root.open(), 'a')
    const reader = await root.open({ readOnly: true })
    await restoreFile()
    await expect(reader.get(modelId('a'))).rejects.toMatchObject(REPLACED)
  })

  it('tells a reader within a second if it has another name', async () => {
    const timers = new ManualTimers()
    await register(await root.open(), 'a')
    const reader = await root.open({ readOnly: true, timers })
    await restoreDirectory()
    expect(await idsOf(reader)).toEqual(['a'])
    timers.now = 1001
    await expect(reader.get(modelId('a'))).rejects.toMatchObject(REPLACED)
  })

  async function restoreDirectory(): Promise<void> {
    await rename(root.at('.catalog'), root.at('before'))
    await cp(root.at('before'), root.at('.catalog'), { recursive: true })
  }

  async function restoreFile(): Promise<void> {
    const journal = root.at('.catalog', 'journal-000001.jsonl')
    await cp(journal, root.at('copy'))
    await rename(root.at('copy'), journal)
  }
})

import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { modelId, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

/** The real disk, and how many bytes were read from it. */
function countingDisk(): { readonly disk: FileSystem; readonly counted: { bytes: number } } {
  const counted = { bytes: 0 }
  const open: FileSystem['open'] = async (path, mode) => {
    const file = await nodeFileSystem.open(path, mode)
    return {
      ...file,
      async read(buffer, position) {
        const bytes = await file.read(buffer, position)
        counted.bytes += bytes
        return bytes
      },
    }
  }
  return { disk: { ...nodeFileSystem, open }, counted }
}

describe('the history of one model', () => {
  const root = useTemporaryRoot()
  const others = Array.from({ length: 200 }, (_, number) => `other-${number}`)

  it('is read at its places once the whole was read, also what others add', async () => {
    await register(await root.open(), ...others, 'm')
    const { disk, counted } = countingDisk()
    const store = await root.open({ disk })
    expect(await store.changes(0, modelId('m'))).toHaveLength(1)
    const whole = counted.bytes
    await register(await root.open(), 'later')
    counted.bytes = 0
    expect(await store.changes(0, modelId('other-7'))).toMatchObject([{ id: 'other-7', revision: 1 }])
    expect(await store.changes(0, modelId('later'))).toMatchObject([{ id: 'later', position: 202 }])
    expect(await store.changes(0, modelId('never'))).toEqual([])
    expect(counted.bytes).toBeLessThan(whole / 20)
  })

  it('is DAMAGED if one of its records is not what it was', async () => {
    const store = await root.open()
    await register(store, 'a', 'b', 'c')
    expect(await store.changes(0, modelId('a'))).toHaveLength(1)
    const path = root.at('.catalog', 'journal-000001.jsonl')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"id":"b"', '"id":"x"'))
    expect(await store.changes(0, modelId('a'))).toHaveLength(1)
    await expect(store.changes(0, modelId('b'))).rejects.toMatchObject({ code: 'DAMAGED' })
  })
})

import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { modelId, register, registrationOf } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

/** The real disk, and what is told of every read that found something. */
function readingDisk(onRead: (bytes: number) => unknown): FileSystem {
  const open: FileSystem['open'] = async (path, mode) => {
    const file = await nodeFileSystem.open(path, mode)
    return {
      ...file,
      async read(buffer, position) {
        const bytes = await file.read(buffer, position)
        onRead(bytes)
        return bytes
      },
    }
  }
  return { ...nodeFileSystem, open }
}

describe('the history of one model', () => {
  const root = useTemporaryRoot()
  const others = Array.from({ length: 200 }, (_, number) => `other-${number}`)

  it('is read at its places once the whole was read, also what others add', async () => {
    await register(await root.open(), ...others, 'm')
    let bytesRead = 0
    const disk = readingDisk((bytes) => {
      bytesRead += bytes
    })
    const store = await root.open({ disk })
    expect(await store.changes(0, modelId('m'))).toHaveLength(1)
    const whole = bytesRead
    await register(await root.open(), 'later')
    bytesRead = 0
    expect(await store.changes(0, modelId('other-7'))).toMatchObject([{ id: 'other-7', revision: 1 }])
    expect(await store.changes(0, modelId('later'))).toMatchObject([{ id: 'later', position: 202 }])
    expect(await store.changes(0, modelId('never'))).toEqual([])
    expect(bytesRead).toBeLessThan(whole / 20)
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
  it('lets the process do other things between the pieces of a long journal', async () => {
    const store = await root.open()
    const reason = 'because '.repeat(120)
    for (let number = 0; number < 40; number += 1) {
      const ids = Array.from({ length: 25 }, (_, each) => `m-${number}-${each}`)
      await store.commit(ids.map((id) => ({ ...registrationOf(id), reason })))
    }
    let turn = 0
    const count = (): void => {
      turn += 1
      next = setImmediate(count)
    }
    let next = setImmediate(count)
    const turns: number[] = []
    const disk = readingDisk(() => turns.push(turn))
    const other = await root.open({ disk })
    turns.length = 0
    expect(await other.changes(0, modelId('m-7-3'))).toHaveLength(1)
    clearImmediate(next)
    expect(turns.length).toBeGreaterThan(4)
    expect(new Set(turns).size).toBe(turns.length)
  })
})

import { copyFile, readdir, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { fileNamesIn } from '../src/format/file-names.ts'
import type { JournalRecord } from '../src/format/record.ts'
import { readHistory } from '../src/history/history.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { modelId, register, registrationOf } from './commits.ts'
import { readRecords, rechainRecords } from './journal-lines.ts'
import { createLoggingDisk } from './logging-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const SMALL = { segmentBytes: 2048 }
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

describe('the history over all segments that are kept', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')
  const read = (since = 0, disk = nodeFileSystem) => readHistory(disk, fileNamesIn(root.path), since)

  /** Several segments, closed. The position of the last change. */
  async function fill(): Promise<number> {
    const store = await root.open(SMALL)
    await register(store, ...many('a', 30))
    await store.close()
    return (await read()).at(-1)?.position ?? 0
  }

  it('has no field for what a commit does not say', async () => {
    const store = await root.open()
    await register(store, 'a')
    await store.commit([{ ...registrationOf('b'), actor: 'ada', reason: 'a trial' }])
    const [plain, attributed] = await read()
    const keys = ['at', 'entry', 'id', 'operation', 'position', 'revision']
    expect(Object.keys(plain ?? {}).sort()).toEqual(keys)
    expect(Object.keys(attributed ?? {}).sort()).toEqual(['actor', ...keys, 'reason'].sort())
    expect(attributed).toMatchObject({ id: 'b', actor: 'ada', reason: 'a trial' })
  })

  it('is read from the segment on that has what is asked for, whatever became of those before it', async () => {
    const last = await fill()
    await writeFile(journal(), 'damaged\n')
    expect(await read(last - 1)).toMatchObject([{ id: 'a-29' }])
    await expect(read()).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is INVALID_INPUT since a record whose next one was pruned', async () => {
    await fill()
    await pruneHistory(root.path)
    const [first] = await read()
    expect(await read((first?.position ?? 0) - 1)).toContainEqual(first)
    await expect(read(1)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'since' }] },
    })
  })

  it('has no part of what a writer left behind that was stopped while the segment was pruned', async () => {
    await fill()
    await copyFile(root.at('.catalog', 'snapshot-000001.jsonl'), root.at('left'))
    await pruneHistory(root.path)
    const kept = await read()
    await copyFile(root.at('left'), root.at('.catalog', 'snapshot-000001.jsonl'))
    await writeFile(journal(), '')
    expect(await read()).toEqual(kept)
    expect(kept.length).toBeLessThan(30)
  })

  it('is DAMAGED if the next snapshot is there and cannot be found', async () => {
    await fill()
    const path = root.at('.catalog', 'snapshot-000002.jsonl')
    expect(await readdir(root.at('.catalog'))).toContain('snapshot-000002.jsonl')
    const open: typeof nodeFileSystem.open = async (opened, mode) => {
      if (opened === path) throw Object.assign(new Error('injected'), { code: 'ENOENT' })
      return await nodeFileSystem.open(opened, mode)
    }
    await expect(read(0, { ...nodeFileSystem, open })).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { path, problem: expect.stringMatching(/\S/u) },
    })
  })

  it.each<[string, (records: readonly JournalRecord[], prefix: string) => readonly JournalRecord[], number]>([
    ['other records', (records) => records.map((record) => ({ ...record, writer: 'alien' })), 0],
    ['one record less', (records) => [...records.slice(0, -2), ...records.slice(-1)], -1],
    ['one record more', (records) => [...records.slice(0, -1), ...records.slice(-2)].map(withoutCommits), 0],
    [
      'one record less and the same digest',
      (records, mended) => [
        ...records.slice(0, -2),
        ...records.slice(-1).map((seal) => ({ ...seal, mended })),
      ],
      -1,
    ],
  ])('is DAMAGED if a segment ends in %s than the next one starts from', async (_, change, difference) => {
    await fill()
    const [start, prefix] = (await readRecords(root.at('.catalog', 'journal-000002.jsonl')))[0]?.record
      .after ?? [0, '']
    await rechainRecords(journal(), (records) => change(records, prefix))
    await expect(read()).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { path: journal(), recordsBefore: start + difference },
    })
  })

  it('is read without a change to any file, and leaves none open', async () => {
    await fill()
    const disk = createLoggingDisk(() => root.path)
    expect(await read(0, disk)).toHaveLength(30)
    expect([disk.calls, disk.openFiles]).toEqual([[], 0])
  })

  it('is of one model where that is asked for', async () => {
    await fill()
    const changes = await readHistory(nodeFileSystem, fileNamesIn(root.path), 0, modelId('a-7'))
    expect(changes).toMatchObject([{ id: 'a-7', revision: 1 }])
  })
})

function withoutCommits({ commits: _, ...record }: JournalRecord): JournalRecord {
  return record
}

import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLoggingDisk, diskError } from '../../test/logging-disk.ts'
import type { FileSystem } from '../disk/file-system.ts'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { fileNamesIn } from '../format/file-names.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { createSegment, isWithoutRecords, publish } from './create-segment.ts'

const TAKEN_BACK = [
  ...['remove .catalog/snapshot-000002.jsonl', 'sync .catalog'],
  ...['remove .catalog/journal-000002.jsonl', 'sync .catalog'],
]

describe('a segment', () => {
  const root = useTemporaryDirectory()
  const names = () => fileNamesIn(root.path)
  const own = (name: string) => root.at('.catalog', name)
  const files = async () => (await readdir(root.at('.catalog'))).sort()
  const create = (disk: FileSystem) => {
    const snapshot = { state: new CatalogState(), start: [9, FIRST_PREFIX] as const }
    return createSegment(disk, names(), 'w', 2, snapshot)
  }
  beforeEach(() => mkdir(root.at('.catalog')))

  it('has its journal before its snapshot, each durable, and leaves nothing else', async () => {
    const disk = createLoggingDisk(() => root.path)
    await create(disk)
    expect(disk.calls).toEqual([
      ...['create .catalog/journal-000002.jsonl', 'sync .catalog/journal-000002.jsonl', 'sync .catalog'],
      ...[
        'create-new .catalog/snapshot-w.tmp',
        'append .catalog/snapshot-w.tmp',
        'sync .catalog/snapshot-w.tmp',
      ],
      ...['link .catalog/snapshot-000002.jsonl', 'remove .catalog/snapshot-w.tmp', 'sync .catalog'],
    ])
    expect([await files(), disk.openFiles]).toEqual([['journal-000002.jsonl', 'snapshot-000002.jsonl'], 0])
  })

  it('that another process was first with is left as it is', async () => {
    await writeFile(own('journal-000002.jsonl'), 'records')
    await writeFile(own('snapshot-000002.jsonl'), 'of the other')
    await writeFile(own('snapshot-000003.jsonl'), '')
    await create(nodeFileSystem)
    expect(await files()).toEqual(['journal-000002.jsonl', 'snapshot-000002.jsonl', 'snapshot-000003.jsonl'])
    expect(await isWithoutRecords(nodeFileSystem, names(), 2)).toBe(false)
    await writeFile(own('journal-000002.jsonl'), '')
    await create(nodeFileSystem)
    expect(await files()).toContain('snapshot-000002.jsonl')
  })

  it('is taken back if others have made, used and pruned it meanwhile: the snapshot first', async () => {
    await writeFile(own('snapshot-000003.jsonl'), '')
    const disk = createLoggingDisk(() => root.path)
    await create(disk)
    expect(disk.calls.slice(-TAKEN_BACK.length)).toEqual(TAKEN_BACK)
    expect(await files()).toEqual(['snapshot-000003.jsonl'])
  })

  it('is kept if others have written to it and gone on', async () => {
    await writeFile(own('snapshot-000003.jsonl'), '')
    await writeFile(own('journal-000002.jsonl'), 'records')
    await create(nodeFileSystem)
    expect(await files()).toEqual(['journal-000002.jsonl', 'snapshot-000002.jsonl', 'snapshot-000003.jsonl'])
  })

  it('has no records if its journal is missing or empty', async () => {
    expect(await isWithoutRecords(nodeFileSystem, names(), 2)).toBe(true)
    await writeFile(own('journal-000002.jsonl'), '')
    expect(await isWithoutRecords(nodeFileSystem, names(), 2)).toBe(true)
    await writeFile(own('journal-000002.jsonl'), 'x')
    expect(await isWithoutRecords(nodeFileSystem, names(), 2)).toBe(false)
  })

  it('is not begun if its journal cannot be made durable, and no file stays open', async () => {
    const disk = createLoggingDisk(() => root.path)
    const open: FileSystem['open'] = async (path, mode) => {
      const file = await disk.open(path, mode)
      return {
        ...file,
        sync: () => {
          throw diskError('EIO')
        },
      }
    }
    await expect(create({ ...disk, open })).rejects.toMatchObject({ code: 'EIO' })
    expect([await files(), disk.openFiles]).toEqual([['journal-000002.jsonl'], 0])
  })

  it('tells whether a file that appears is the given one, and any failure but that another was first', async () => {
    const put = (disk: FileSystem, text: string) =>
      publish(disk, own('w.tmp'), own('name'), [Buffer.from(text)])
    expect(await put(nodeFileSystem, 'first')).toBe(true)
    expect(await put(nodeFileSystem, 'second')).toBe(false)
    const link: FileSystem['link'] = () => {
      throw diskError('EIO')
    }
    await expect(put({ ...nodeFileSystem, link }, 'third')).rejects.toMatchObject({ code: 'EIO' })
    expect(await files()).toEqual(['name'])
  })
})

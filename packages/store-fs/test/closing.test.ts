import { expect, it } from 'vitest'
import type { OpenFile, OpenMode } from '../src/disk/file-system.ts'
import { idsOf, register } from './commits.ts'
import { RecordingDisk } from './recording-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

/** Knows which files are open. */
class CountingDisk extends RecordingDisk {
  readonly openFiles: string[] = []

  override async open(path: string, mode: OpenMode): Promise<OpenFile> {
    const file = await super.open(path, mode)
    this.openFiles.push(path)
    const close = (): ReturnType<OpenFile['close']> => {
      this.openFiles.splice(this.openFiles.indexOf(path), 1)
      return file.close()
    }
    return { ...file, close }
  }
}

const root = useTemporaryRoot()

it('a store that is closed has no file open, also after it has gone through segments', async () => {
  const disk = new CountingDisk()
  const store = await root.open({ disk, segmentBytes: 2048 })
  await register(store, ...Array.from({ length: 30 }, (_, n) => `m-${n}`))
  await idsOf(store)
  expect(disk.openFiles).not.toEqual([])
  await store.close()
  expect(disk.openFiles).toEqual([])
})

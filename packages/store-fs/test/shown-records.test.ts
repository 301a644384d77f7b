import { expect, it } from 'vitest'
import type { OpenFile, OpenMode } from '../src/disk/file-system.ts'
import { register } from './commits.ts'
import { ManualTimers } from './manual-timers.ts'
import { RecordingDisk } from './recording-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

/** Remembers also which files were synced. */
class SyncRecordingDisk extends RecordingDisk {
  override async open(path: string, mode: OpenMode): Promise<OpenFile> {
    const file = await super.open(path, mode)
    const sync = (): ReturnType<OpenFile['sync']> => {
      this.writes.push(`sync ${path}`)
      return file.sync()
    }
    return { ...file, sync }
  }
}

const root = useTemporaryRoot()

it('a store makes the records of others durable before its catalog.json shows them', async () => {
  const writer = await root.open({ timers: new ManualTimers() })
  const disk = new SyncRecordingDisk()
  const reader = await root.open({ disk, timers: new ManualTimers() })
  await register(writer, 'a')
  disk.writes.length = 0
  await reader.close()
  const journal = disk.writes.indexOf(`sync ${root.at('.catalog', 'journal-000001.jsonl')}`)
  const view = disk.writes.indexOf(`rename ${root.at('catalog.json')}`)
  expect(journal).toBeGreaterThanOrEqual(0)
  expect(view).toBeGreaterThan(journal)
})

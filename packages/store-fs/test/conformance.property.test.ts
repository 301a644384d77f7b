import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStoreConformance } from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import { openFileStore } from '../src/file-store.ts'
import { FaultyDisk } from './faulty-disk.ts'

describeStoreConformance(
  'file-system store',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'catalog-store-'))
    const disk = new FaultyDisk()
    return {
      open: () => openFileStore({ root, disk }),
      openReadOnly: () => openFileStore({ root, readOnly: true }),
      openPrunable: () => openFileStore({ root, segmentBytes: 2048 }),
      async fillUp() {
        disk.isFull = true
        return async () => {
          disk.isFull = false
        }
      },
      reopenIsDurable: true,
      dispose: () => rm(root, { recursive: true }),
    }
  },
  { numRuns: scaleRuns(10) },
)

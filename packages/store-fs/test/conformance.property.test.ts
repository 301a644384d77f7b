import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStoreConformance } from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import { openFileStore } from '../src/file-store.ts'

describeStoreConformance(
  'file-system store',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'catalog-store-'))
    return {
      open: () => openFileStore({ root }),
      reopenIsDurable: true,
      dispose: () => rm(root, { recursive: true }),
    }
  },
  { numRuns: scaleRuns(10) },
)

import { describeStoreConformance } from '../conformance/describe-store-conformance.ts'
import { createMemoryBacking } from './memory-backing.ts'
import { openMemoryStore } from './memory-store.ts'

describeStoreConformance('the memory store', async () => {
  const backing = createMemoryBacking()
  return {
    open: () => openMemoryStore({ backing }),
    reopenIsDurable: true,
    dispose: async () => {},
  }
})

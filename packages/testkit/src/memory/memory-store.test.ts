import { describeStoreConformance } from '../conformance/describe-store-conformance.ts'
import { createMemoryBacking } from './memory-backing.ts'
import { openMemoryStore } from './memory-store.ts'

describeStoreConformance('the memory store', async () => {
  const backing = createMemoryBacking({ segmentLength: 8 })
  return {
    open: () => openMemoryStore({ backing }),
    openReadOnly: () => openMemoryStore({ backing, readOnly: true }),
    openPrunable: () => openMemoryStore({ backing }),
    async fillUp() {
      backing.isFull = true
      return async () => {
        backing.isFull = false
      }
    },
    reopenIsDurable: true,
    dispose: async () => {},
  }
})

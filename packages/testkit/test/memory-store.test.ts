import { createMemoryBacking, describeStoreConformance, openMemoryStore } from '@catalog/testkit'

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

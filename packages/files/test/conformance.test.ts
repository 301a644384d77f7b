import { createModelDirectory } from '@catalog/files'
import { createDiskFiles, describeFilesConformance } from '@catalog/testkit'

describeFilesConformance('a directory of models', async () => {
  const world = await createDiskFiles()
  return {
    world,
    files: createModelDirectory(world.root),
    openReadOnly: () => createModelDirectory(world.root, { readOnly: true }),
  }
})

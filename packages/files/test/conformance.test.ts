import { createDiskFiles, describeFilesConformance } from '@catalog/testkit'
import { createModelDirectory } from '../src/model-directory.ts'

describeFilesConformance('a directory of models', async () => {
  const world = await createDiskFiles()
  return {
    world,
    files: createModelDirectory(world.root),
    openReadOnly: () => createModelDirectory(world.root, { readOnly: true }),
  }
})

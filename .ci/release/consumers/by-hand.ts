import { Catalog } from '@catalog/core'
import { createModelDirectory, createVolumes } from '@catalog/files'
import { openFileStore } from '@catalog/store-fs'
import { createFileVerifier } from '@catalog/verify'

const clock = { now: (): Date => new Date() }

/** A service that puts a catalog together of its parts. */
export async function run(root: string, digest: string): Promise<string> {
  const catalog = new Catalog({
    store: await openFileStore({ root, clock }),
    verifier: createFileVerifier({ threads: 2 }),
    files: createModelDirectory(root),
    volumes: createVolumes(root),
    clock,
    node: 'consumer',
  })
  await catalog.register({ id: 'by/hand', source: `file:${root}/model.bin`, digest })
  await catalog.verify('by/hand', `${root}/model.bin`)
  const [active] = await catalog.listByState('Active')
  await catalog.close()
  if (active?.digest !== digest) throw new Error('The model is not Active')
  return 'verified'
}

import { sampleEntry } from '@catalog/testkit'
import { encodeEntry } from '@catalog/types/adapter'
import { openFileStore } from '../../src/file-store.ts'
import { immediateOrder } from './call-order.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedProcess } from './simulated-process.ts'

export const ROOT = '/models'

/** What a schedule may start from. Every schedule clones its own. */
export interface Origins {
  readonly nothing: SimulatedDisk
  readonly catalog: SimulatedDisk
  readonly 'catalog.json': SimulatedDisk
}

export const ORIGIN_NAMES: readonly (keyof Origins)[] = ['nothing', 'catalog', 'catalog.json']

/** Disks that are at rest: all that is on them is durable. */
export async function prepareOrigins(): Promise<Origins> {
  const catalog = new SimulatedDisk()
  await (
    await openFileStore({ root: ROOT, disk: new SimulatedProcess('origin', catalog, immediateOrder) })
  ).close()
  // Of version 1, so that every schedule takes the step to the present one as well.
  catalog.remove(`${ROOT}/.catalog/format`)
  catalog.open(`${ROOT}/.catalog/format`, 'create-new').append(Buffer.from('1\n'))
  catalog.sync()
  return { nothing: new SimulatedDisk(), catalog, 'catalog.json': createAdoptable() }
}

function createAdoptable(): SimulatedDisk {
  const disk = new SimulatedDisk()
  disk.makeDirectory(ROOT)
  const models = ['alpha', 'beta'].map((id) => ({ ...encodeEntry(sampleEntry({ id })), revision: 3 }))
  disk.open(`${ROOT}/catalog.json`, 'create-new').append(Buffer.from(JSON.stringify({ models })))
  disk.sync()
  return disk
}

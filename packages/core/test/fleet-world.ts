import { createMemoryBacking, FakeFiles, fixedClock, sampleDigest, sampleVolume } from '@catalog/testkit'
import type { Sha256Digest, Volume } from '@catalog/types'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'

export const DAY_MS: number = 24 * 60 * 60 * 1000
export const right: Sha256Digest = sampleDigest(1)
export const PATH: string = '/models/m.gguf'

/** Machines of one shared store, each with the right file of a model on these volumes. */
export async function openFleet(...volumes: readonly Partial<Volume>[]): Promise<TestCatalog[]> {
  const shared = { backing: createMemoryBacking(), clock: fixedClock(), isShared: true }
  const opened: TestCatalog[] = []
  for (const [index, volume] of volumes.entries()) {
    const files = new FakeFiles()
    files.volumes.present = [sampleVolume(volume)]
    files.put(PATH, right)
    opened.push(await openTestCatalog({ ...shared, node: `node-${index + 1}`, files }))
  }
  await opened[0]?.catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
  for (const { catalog } of opened) await catalog.verify('m')
  return opened
}

export const V1: Partial<Volume> = { id: 'volume-1' }
const V2: Partial<Volume> = { id: 'volume-2' }

export async function openTwo(
  ...volumes: [Partial<Volume>, Partial<Volume>] | []
): Promise<[TestCatalog, TestCatalog]> {
  const [a, b] = await openFleet(...(volumes.length === 0 ? [V1, V2] : volumes))
  if (a === undefined || b === undefined) throw new Error('there must be two')
  return [a, b]
}

export async function countedOf({ catalog }: TestCatalog): Promise<readonly string[]> {
  return (await catalog.fleet.copies('m')).flatMap(({ node, isCounted }) => (isCounted ? node : [])).sort()
}

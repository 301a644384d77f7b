import {
  createMemoryBacking,
  FakeFiles,
  fixedClock,
  openMemoryStore,
  sampleDigest,
  sampleVolume,
} from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import { isCatalogError } from '@catalog/types'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const PATHS = ['/models/m.gguf', '/models/n.gguf'] as const
const IDS = ['m', 'n'] as const
const DAY_MS = 24 * 60 * 60 * 1000

const machine = fc.constantFrom(0, 1, 2)
const id = fc.constantFrom(...IDS)
const seed = fc.integer({ min: 1, max: 2 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('verify' as const), machine, id }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('resolve' as const), machine, id }) },
  fc.record({ do: fc.constant('overwrite' as const), machine, id, seed }),
  fc.record({ do: fc.constant('migrate' as const), machine, id }),
  fc.record({ do: fc.constant('unmount' as const), machine }),
  fc.record({ do: fc.constant('mount' as const), machine }),
  fc.record({ do: fc.constant('wait' as const), machine }),
  fc.record({ do: fc.constant('audit' as const), machine }),
  fc.record({ do: fc.constant('doctor' as const), machine }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** What each machine has read and found right, as a model of the test: by machine and id, the digest. */
type Read = Map<string, string>

/**
 * Machines of one shared store, whose disks are clones in all that `stat` says, with other bytes under the same paths.
 */
async function openMachines(): Promise<readonly TestCatalog[]> {
  const shared = { backing: createMemoryBacking(), clock: fixedClock(), isShared: true }
  const open = async (index: number): Promise<TestCatalog> => {
    const files = new FakeFiles()
    files.volumes.present = [sampleVolume()]
    for (const [place, path] of PATHS.entries()) files.put(path, sampleDigest(1 + ((index + place) % 2)))
    return openTestCatalog({ ...shared, node: `node-${index}`, files })
  }
  const machines = [await open(0), await open(1), await open(2)]
  for (const each of IDS) {
    await machines[0]?.catalog.register({ id: each, source: 'hf:org/m', digest: sampleDigest(1) })
  }
  return machines
}

async function perform(machines: readonly TestCatalog[], read: Read, action: Step): Promise<void> {
  const opened = machines[action.machine]
  if (opened === undefined) throw new Error('there must be a machine')
  const { catalog, files, clock, other } = opened
  const note = (): void => {
    for (const path of files.read.splice(0)) {
      const each = IDS[PATHS.indexOf(path as (typeof PATHS)[number])]
      read.set(
        `${action.machine} ${each}`,
        JSON.stringify([files.readFingerprint(path), files.bytesOf(path)]),
      )
    }
  }
  switch (action.do) {
    case 'verify':
      await catalog.verify(action.id).finally(note)
      return
    case 'audit':
      await catalog.upkeep.audit().finally(note)
      return
    case 'doctor':
      await catalog.upkeep
        .doctor()
        .then((plan) => catalog.upkeep.apply(plan))
        .finally(note)
      return
    case 'resolve': {
      const { path } = await catalog.resolve(action.id)
      // Served: this machine has read this very file, and its bytes are right.
      const now = JSON.stringify([files.readFingerprint(path), sampleDigest(1)])
      expect(read.get(`${action.machine} ${action.id}`)).toBe(now)
      return
    }
    case 'overwrite':
      files.overwrite(`/models/${action.id}.gguf`, sampleDigest(action.seed))
      return
    case 'migrate': {
      // As if all had been read with a file store.
      const { evidence = {} } = (await catalog.get(action.id)) ?? {}
      const found = Object.values(evidence).find(({ node }) => node === `node-${action.machine}`)
      const others = Object.entries(evidence).filter(([, { node }]) => node !== found?.node)
      if (found !== undefined)
        await edit(other, action.id, { evidence: { ...Object.fromEntries(others), 'volume-1': found } })
      return
    }
    case 'unmount':
      files.volumes.present = []
      return
    case 'mount':
      files.volumes.present = [sampleVolume()]
      return
    case 'wait':
      clock.advance(20 * DAY_MS)
      return
    default:
      action satisfies never
  }
}

it('a machine serves only files that it has read itself, whatever machines with clones of its disk have read', async () => {
  let served = 0
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
    const machines = await openMachines()
    const read: Read = new Map()
    for (const action of steps) {
      try {
        await perform(machines, read, action)
        if (action.do === 'resolve') served += 1
      } catch (error) {
        if (!isCatalogError(error)) throw error
      }
    }
  })
  await fc.assert(property, { numRuns: scaleRuns(150) })
  expect(served).toBeGreaterThan(20)
})

it('the same machines with a store that does not say that it is shared do serve what was not read', async () => {
  // So that the test above can fail: here the key of evidence is the volume alone.
  const backing = createMemoryBacking()
  expect((await openMemoryStore({ backing })).isShared).toBe(false)
  const open = async (node: string, digest: number): Promise<TestCatalog> => {
    const files = new FakeFiles()
    files.volumes.present = [sampleVolume()]
    files.put(PATHS[0], sampleDigest(digest))
    return openTestCatalog({ backing, node, files })
  }
  const [a, b] = [await open('node-1', 1), await open('node-2', 2)]
  await a.catalog.register({ id: 'm', source: 'hf:org/m', digest: sampleDigest(1) })
  await a.catalog.verify('m')
  expect(await b.catalog.resolve('m')).toMatchObject({ path: PATHS[0] })
  expect(b.files.read).toEqual([])
})

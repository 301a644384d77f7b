import { createMemoryBacking, FakeFiles, fixedClock, sampleDigest, sampleVolume } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const [right, wrong] = [sampleDigest(1), sampleDigest(2)]
const PATH = '/models/m.gguf'
const NOT_READ = { code: 'NOT_USABLE', details: { problem: 'no-evidence' } }

/** Two machines whose disks are clones: one anchor, one device number, and files that look alike. */
async function openClones(
  digests: readonly [typeof right, typeof right] = [right, wrong],
): Promise<[TestCatalog, TestCatalog]> {
  const shared = { backing: createMemoryBacking(), clock: fixedClock(), isShared: true }
  const open = async (node: string, digest: typeof right): Promise<TestCatalog> => {
    const files = new FakeFiles()
    files.volumes.present = [sampleVolume()]
    files.put(PATH, digest)
    return openTestCatalog({ ...shared, node, files })
  }
  const [a, b] = [await open('node-1', digests[0]), await open('node-2', digests[1])]
  await a.catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
  return [a, b]
}

describe('machines that share a store and have clones of one disk', () => {
  it('do not serve what the other has read, though all that stat says is equal', async () => {
    const [a, b] = await openClones()
    await a.catalog.verify('m')
    expect(b.files.readFingerprint(PATH)).toEqual(a.files.readFingerprint(PATH))
    expect(await a.catalog.resolve('m')).toMatchObject({ path: PATH })
    await expect(b.catalog.resolve('m')).rejects.toMatchObject(NOT_READ)
    await expect(b.catalog.openVerified('m')).rejects.toMatchObject(NOT_READ)
    expect(await b.catalog.standing('m')).toEqual({ kind: 'unread' })
    expect(await b.catalog.get('m')).toMatchObject({ state: 'Active' })
  })

  it('have evidence each, and a wrong file on one leaves the model Active for the other', async () => {
    const [a, b] = await openClones()
    await a.catalog.verify('m')
    await expect(b.catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const { state, evidence } = (await a.catalog.get('m')) ?? {}
    expect(state).toBe('Active')
    expect(evidence).toMatchObject({
      'volume-1@node-1': { outcome: 'match' },
      'volume-1@node-2': { outcome: 'mismatch' },
    })
    await a.catalog.resolve('m')
    const wrongHere = { code: 'NOT_USABLE', details: { problem: 'wrong-bytes' } }
    await expect(b.catalog.resolve('m')).rejects.toMatchObject(wrongHere)
    await expect(b.catalog.openVerified('m')).rejects.toMatchObject(wrongHere)
    b.files.put(PATH, right)
    await expect(b.catalog.resolve('m')).rejects.toMatchObject(wrongHere)
    await b.catalog.verify('m')
    expect(await b.catalog.resolve('m')).toMatchObject({ path: PATH })
  })

  it('know nothing of a file that was refused by its size, unread', async () => {
    const [a, b] = await openClones([right, right])
    await a.catalog.register({ id: 's', source: 'hf:org/s', digest: right, sizeBytes: 1024 })
    for (const { catalog, files } of [a, b]) {
      files.put('/models/s.gguf', right, 1024)
      await catalog.verify('s')
    }
    b.files.put('/models/s.gguf', right, 7)
    await expect(b.catalog.verify('s')).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    await expect(b.catalog.resolve('s')).rejects.toMatchObject(NOT_READ)
    expect(await b.catalog.standing('s')).toEqual({ kind: 'unread' })
    await a.catalog.resolve('s')
  })

  it('forget nothing of each other if a file changes', async () => {
    const [a, b] = await openClones([right, right])
    for (const { catalog } of [a, b]) await catalog.verify('m')
    b.files.overwrite(PATH, wrong)
    await expect(b.catalog.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    expect(Object.keys((await a.catalog.get('m'))?.evidence ?? {})).toEqual(['volume-1@node-1'])
    await a.catalog.resolve('m')
  })

  it('are not told by the doctor of files that only the other has', async () => {
    const [a, b] = await openClones()
    await a.catalog.verify('m')
    b.files.delete(PATH)
    expect((await b.catalog.upkeep.doctor()).findings).toEqual([])
    await expect(b.catalog.resolve('m')).rejects.toMatchObject(NOT_READ)
  })
})

describe('evidence that stands under the volume alone, as a file store has it', () => {
  /** As after a migration of the file store of `node-1`. */
  async function openMigrated(): Promise<[TestCatalog, TestCatalog]> {
    const [a, b] = await openClones()
    await a.catalog.verify('m')
    const [evidence] = Object.values((await a.catalog.get('m'))?.evidence ?? {})
    if (evidence === undefined) throw new Error('there must be evidence')
    await edit(a.other, 'm', { evidence: { 'volume-1': evidence } })
    a.files.read.length = 0
    return [a, b]
  }

  it('serves the machine that wrote it, unread, and no other', async () => {
    const [a, b] = await openMigrated()
    expect(await a.catalog.resolve('m')).toMatchObject({ path: PATH })
    await expect(b.catalog.resolve('m')).rejects.toMatchObject(NOT_READ)
    expect([a.files.read, b.files.read]).toEqual([[], []])
  })

  it('is replaced by what the machine reads itself', async () => {
    const [a] = await openMigrated()
    a.files.rot(PATH, wrong)
    await expect(a.catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const { state, evidence = {} } = (await a.catalog.get('m')) ?? {}
    expect([state, Object.keys(evidence)]).toEqual(['Failed', ['volume-1@node-1']])
  })

  it('stays if another machine with the same anchor reads its own file', async () => {
    const [a, b] = await openMigrated()
    await expect(b.catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const { state, evidence = {} } = (await a.catalog.get('m')) ?? {}
    expect([state, Object.keys(evidence)]).toEqual(['Active', ['volume-1', 'volume-1@node-2']])
    await a.catalog.resolve('m')
  })
})

it('what a machine read in a shared store is replaced by what it reads in a store of its own', async () => {
  const { catalog, files, other } = await openTestCatalog()
  files.put(PATH, right)
  await catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
  const { evidence = {} } = await catalog.verify('m')
  const read = evidence['volume-1']
  if (read === undefined) throw new Error('there must be evidence')
  const clone = { ...read, node: 'node-2' }
  await edit(other, 'm', { evidence: { 'volume-1@node-1': read, 'volume-1@node-2': clone } })
  await catalog.verify('m')
  const left = (await catalog.get('m'))?.evidence ?? {}
  expect(Object.keys(left).sort()).toEqual(['volume-1', 'volume-1@node-2'])
})

describe('a file that the doctor of a machine finds moved', () => {
  async function openMoved(isShared: boolean, node: string | undefined): Promise<TestCatalog> {
    const opened = await openTestCatalog({ isShared })
    const { catalog, files, other } = opened
    files.put(PATH, right)
    await catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
    const { evidence = {} } = await catalog.verify('m')
    const [read] = Object.values(evidence)
    if (read === undefined) throw new Error('there must be evidence')
    const { node: _node, ...unnamed } = { ...read, volume: 'volume-8' }
    const named = node !== undefined && { 'volume-9': { ...read, volume: 'volume-9', node } }
    const more = { 'volume-8': unnamed, ...named }
    await edit(other, 'm', { evidence: { ...evidence, ...more } })
    await files.moveFile(PATH, '/models/moved.gguf')
    return opened
  }

  it.each([
    ['of one machine, though another read it', false, 'node-2'],
    ['of several, if only this one read it', true, 'node-1'],
    ['of several, if nothing says that another one read it', true, undefined],
  ])('is where its entry is to refer to, in a store %s', async (_, isShared, node) => {
    const { catalog } = await openMoved(isShared, node)
    expect((await catalog.upkeep.doctor()).actions).toMatchObject([{ kind: 'relocate' }])
  })

  it('stays where it is if another machine of the store has read it at its place', async () => {
    const { catalog } = await openMoved(true, 'node-2')
    expect((await catalog.upkeep.doctor()).actions).toEqual([])
  })
})

it('a file that this machine of a shared store has read, and lost, is missing', async () => {
  const [a, b] = await openClones([right, right])
  for (const { catalog } of [a, b]) await catalog.verify('m')
  b.files.delete(PATH)
  expect((await b.catalog.upkeep.doctor()).findings).toMatchObject([{ kind: 'missing', id: 'm' }])
})

it('a file that one machine has moved does not change where the others look for it', async () => {
  const [a, b] = await openClones([right, right])
  for (const { catalog } of [a, b]) await catalog.verify('m')
  await b.files.moveFile(PATH, '/models/moved.gguf')
  const { findings, actions } = await b.catalog.upkeep.doctor()
  expect(findings).toMatchObject([
    { kind: 'moved', text: expect.stringMatching(/node-1 has it at its place/) },
  ])
  expect(actions).toEqual([])
})

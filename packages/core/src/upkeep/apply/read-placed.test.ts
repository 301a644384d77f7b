import { sampleDigest, sampleEntry, sampleEvidence, sampleVolume } from '@catalog/testkit'
import type { EntryContent } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, plant, type TestCatalog } from '../../../test/test-catalog.ts'
import { openWith, pathOf } from '../../../test/upkeep-world.ts'
import { createContext } from '../../context/catalog-ports.ts'
import { CurrentNames } from '../survey/current-names.ts'
import { surveyModels } from '../survey/survey.ts'
import { OutdatedAction } from './apply-task.ts'
import { readPlaced } from './read-placed.ts'

const [GOOD, BAD] = [sampleDigest(1), sampleDigest(9)]

/** Two models whose files are one by now; `b` has the name that was put in the place of its own file. */
async function openLinked(): Promise<TestCatalog> {
  const opened = await openWith(['a', 'b'], [1, 1])
  opened.files.delete(pathOf('b'))
  opened.files.link(pathOf('a'), pathOf('b'))
  return opened
}

/** Reads the file of `b`, by the name of `a`, as one of these bytes. */
async function read({ store, files, clock }: TestCatalog, digest = GOOD): Promise<void> {
  const ports = { store, files, verifier: files, volumes: files.volumes, clock, node: 'node-1' }
  const context = createContext(ports)
  const names = new CurrentNames(context, await surveyModels(context), await store.refresh())
  const placed = await files.lookAt(pathOf('b'))
  if (placed === undefined) throw new Error('it must be there')
  const task = { context, names, signal: undefined, onReading: () => undefined }
  await readPlaced({ ...task, actor: 'ada', reason: 'weekly' }, placed, { digest, by: pathOf('a') })
}

/** What changed the model since it was registered and verified. */
async function operationsOf({ catalog }: TestCatalog, id: string): Promise<readonly string[]> {
  const changes = (await catalog.history.of(id)).slice(2).filter(({ isUnchanged }) => isUnchanged !== true)
  return changes.map(({ operation }) => operation)
}

describe('a file that was put in the place of another', () => {
  it('is read once, and what was read is recorded in every model that names it', async () => {
    const opened = await openLinked()
    const { catalog, files } = opened
    const before = await catalog.history.totals()
    await read(opened)
    expect(files.read).toEqual([pathOf('a')])
    for (const id of ['a', 'b']) {
      expect((await catalog.history.of(id)).slice(2)).toMatchObject([
        { operation: 'dedupe', actor: 'ada', reason: 'weekly' },
      ])
      expect((await catalog.resolve(id)).path).toBe(pathOf(id))
      const { evidence } = (await catalog.get(id)) ?? {}
      expect(evidence).toMatchObject({ 'volume-1': { bootId: 'boot-1', node: 'node-1', digest: GOOD } })
    }
    const after = await catalog.history.totals()
    expect(after.verifications.success - before.verifications.success).toBe(1)
  })

  it.each<[string, (opened: TestCatalog) => unknown]>([
    ['has other bytes', ({ files }) => files.rot(pathOf('a'), BAD)],
    [
      'changed since it was placed',
      ({ files }) => {
        const prepare = files.volumes.prepare.bind(files.volumes)
        files.volumes.prepare = (path) => {
          files.overwriteUnseen(pathOf('a'), GOOD)
          return prepare(path)
        }
      },
    ],
    [
      'is on a volume that is away',
      ({ files }) => {
        files.duringRead = () => {
          files.volumes.present = []
        }
      },
    ],
    [
      'is on another volume',
      ({ files }) => {
        files.duringRead = () => {
          files.volumes.present = [sampleVolume({ id: 'volume-9' })]
        }
      },
    ],
  ])('is not believed, and nothing is recorded, if it %s', async (_, change) => {
    const opened = await openLinked()
    await change(opened)
    await expect(read(opened)).rejects.toThrow(OutdatedAction)
    expect(await operationsOf(opened, 'a')).toEqual([])
    expect(await operationsOf(opened, 'b')).toEqual([])
  })

  it.each<[string, Partial<EntryContent>, readonly string[]]>([
    ['is Retired', { state: 'Retired' }, ['edit', 'verify']],
    ['means other bytes', { digest: BAD }, ['edit', 'verify']],
    [
      'was not read on this volume',
      { evidence: { v: { ...sampleEvidence(GOOD), volume: 'v' } } },
      ['edit', 'verify'],
    ],
  ])('is read once more for a model that %s', async (_, fields, operations) => {
    const opened = await openLinked()
    await edit(opened.other, 'b', fields)
    await read(opened).catch(() => undefined)
    expect(await operationsOf(opened, 'a')).toEqual(['dedupe'])
    expect(await operationsOf(opened, 'b')).toEqual(operations)
  })

  it('is recorded as one file of a model of several, and the others are as they were', async () => {
    const opened = await openLinked()
    const { catalog, files, other } = opened
    const parts = ['b.gguf', 'same.gguf', 'other.gguf']
    files.put(pathOf('same'), GOOD)
    files.put(pathOf('other'), BAD)
    await plant(
      other,
      sampleEntry({ id: 'm', digest: null, location: '/models', files: parts.map((path) => ({ path })) }),
    )
    await catalog.verify('m')
    const before = await catalog.get('m')
    files.overwriteUnseen(pathOf('b'), GOOD)
    files.read.length = 0
    await read(opened)
    expect(files.read).toEqual([pathOf('a')])
    expect(await operationsOf(opened, 'm')).toEqual(['dedupe'])
    const filesOf = (entry: EntryContent | undefined) => entry?.evidence?.['volume-1']?.files ?? []
    const [changed, ...others] = filesOf(await catalog.get('m'))
    expect(changed).toMatchObject({ path: 'b.gguf' })
    expect(changed).not.toEqual(filesOf(before)[0])
    expect(others).toEqual(filesOf(before).slice(1))
    expect(await catalog.resolve('m')).toMatchObject({ path: '/models' })
  })

  it('leads to a reading of a model of which another file changed', async () => {
    const opened = await openLinked()
    const { catalog, files, other } = opened
    files.put(pathOf('other'), BAD)
    const parts = [{ path: 'b.gguf' }, { path: 'other.gguf' }, { path: 'missing.gguf', digest: GOOD }]
    await plant(other, sampleEntry({ id: 'm', digest: null, location: '/models', files: parts.slice(0, 2) }))
    await catalog.verify('m')
    files.touchMode(pathOf('other'))
    await read(opened)
    expect(await operationsOf(opened, 'm')).toEqual(['dedupe', 'verify'])
    await edit(other, 'm', { files: parts })
    await expect(read(opened)).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })
})

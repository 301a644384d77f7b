import { FakeFiles, sampleDigest, sampleRegistration, sampleVolume } from '@catalog/testkit'
import { createInvalidInput, type EntryContent } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { dropEntry, edit, openTestCatalog, plant, type TestCatalog } from './test-catalog.ts'

const PARTS = ['a.bin', 'b.bin'] as const
const digests = PARTS.map((_, index) => sampleDigest(index + 1))

/** A model of two files of which nothing is declared, on this node, and how its files are read. */
interface World {
  readonly opened: TestCatalog
  /** Reads the model's files; `compete` runs once, at the given moment. */
  run(moment: Moment, compete: () => Promise<unknown>): Promise<unknown>
}

type Moment = 'during-read' | 'before-commit'

async function openWorld(how: 'verify' | 'finishDownload'): Promise<World> {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, files, store } = opened
  await catalog.register(sampleRegistration({ id: 'm', files: PARTS.map((path) => ({ path })) }))
  if (how === 'finishDownload') await catalog.downloads.begin('m')
  const suffix = how === 'verify' ? '' : '.partial'
  putBoth(files, suffix)
  const run = (moment: Moment, compete: () => Promise<unknown>) => {
    let competing: Promise<unknown> | undefined
    const once = () => {
      competing ??= compete()
      return competing
    }
    if (moment === 'during-read') files.duringRead = once
    else if (how === 'verify') store.beforeNextCommit(once)
    else {
      const moveFile = files.moveFile.bind(files)
      files.moveFile = async (from, to) => {
        await once()
        return moveFile(from, to)
      }
    }
    return how === 'verify' ? catalog.verify('m') : catalog.downloads.finish('m')
  }
  return { opened, run }
}

function putBoth(files: FakeFiles, suffix: string): void {
  for (const [index, part] of PARTS.entries()) {
    files.put(`/models/m/${part}${suffix}`, digests[index] ?? sampleDigest(9), 10)
  }
}

/** The same catalog, as another node has it open that has the model's files at their names. */
async function openOther({ opened }: World): Promise<TestCatalog> {
  const files = new FakeFiles()
  files.volumes.present = [sampleVolume({ id: 'volume-2' })]
  putBoth(files, '')
  return openTestCatalog({ backing: opened.backing, clock: opened.clock, files, node: 'node-2' })
}

describe.each(['verify', 'finishDownload'] as const)('%s of many files without digests', (how) => {
  describe.each<Moment>(['during-read', 'before-commit'])('with a change %s', (moment) => {
    it('ends Active if another node has verified the same bytes meanwhile', async () => {
      const world = await openWorld(how)
      const other = await openOther(world)
      const entry = await world.run(moment, () => other.catalog.verify('m'))
      expect(entry).toMatchObject({
        state: 'Active',
        digestOrigin: 'computed',
        files: PARTS.map((path, index) => ({ path, digest: digests[index], sizeBytes: 10 })),
        evidence: { 'volume-1': { outcome: 'match' }, 'volume-2': { outcome: 'match' } },
      })
      expect(entry).not.toHaveProperty('download')
    })

    it('ends Active if it was declared meanwhile to be what was read', async () => {
      const world = await openWorld(how)
      const { other } = world.opened
      const files = PARTS.map((path, index) => ({ path, digest: digests[index] }))
      const digest = world.opened.files.digestManifest(files as never)
      const fields = { digest, digestOrigin: 'caller', files } as Partial<EntryContent>
      const entry = await world.run(moment, () => edit(other, 'm', fields))
      expect(entry).toMatchObject({ state: 'Active', digestOrigin: 'caller' })
    })

    it('ends Active if only all files together were declared meanwhile to be what was read', async () => {
      const world = await openWorld(how)
      const parts = PARTS.map((path, index) => ({ path, digest: digests[index] }))
      const digest = world.opened.files.digestManifest(parts as never)
      const fields = { digest, digestOrigin: 'caller' } as Partial<EntryContent>
      const entry = await world.run(moment, () => edit(world.opened.other, 'm', fields))
      expect(entry).toMatchObject({ state: 'Active', digestOrigin: 'caller' })
    })

    it.each<[string, Partial<EntryContent>]>([
      ['tags', { tags: ['new'] }],
      ['the name', { name: 'renamed' }],
    ])('ends Active if only %s changed', async (_, fields) => {
      const world = await openWorld(how)
      const entry = await world.run(moment, () => edit(world.opened.other, 'm', fields))
      expect(entry).toMatchObject({ state: 'Active', ...fields })
    })

    it.each<[string, Partial<EntryContent>]>([
      ['the digest', { digest: sampleDigest(3), digestOrigin: 'caller' }],
      ['the source', { source: 'https://models.example/other' }],
      ['the declared size', { sizeBytes: 20 }],
      ['the place', { location: '/srv/m' }],
      ['the digest of a file', { files: [{ path: 'a.bin', digest: sampleDigest(3) }, { path: 'b.bin' }] }],
      ['the size of a file', { files: [{ path: 'a.bin', sizeBytes: 10 }, { path: 'b.bin' }] }],
      ['the list of files', { files: [{ path: 'a.bin' }] }],
      ['the name of a file', { files: [{ path: 'a.bin' }, { path: 'c.bin' }] }],
    ])('is a CONFLICT, and changes nothing, if %s changed', async (_, fields) => {
      const world = await openWorld(how)
      const { other, catalog } = world.opened
      const running = world.run(moment, () => edit(other, 'm', fields))
      await expect(running).rejects.toMatchObject({ code: 'CONFLICT', details: { id: 'm' } })
      const entry = await catalog.get('m')
      expect(entry).toMatchObject({ state: 'Pending', ...fields })
      expect(entry).not.toHaveProperty('evidence')
    })

    it('is refused if the model was removed and registered again', async () => {
      const world = await openWorld(how)
      const { other, catalog } = world.opened
      const running = world.run(moment, async () => {
        const {
          revision: _,
          download: __,
          ...entry
        } = (await catalog.get('m')) as EntryContent & { revision: 1 }
        await dropEntry(other, 'm')
        await plant(other, entry)
      })
      // The download was that of the entry before.
      const code = how === 'verify' ? 'CONFLICT' : 'DOWNLOAD_ENDED'
      await expect(running).rejects.toMatchObject({ code })
      expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
    })
  })
})

it('a download of files with declared digests ends Active if another node has found their sizes before it is renewed', async () => {
  const world = await openWorld('finishDownload')
  const { catalog, store, other } = world.opened
  const parts = PARTS.map((path, index) => ({ path, digest: digests[index] }))
  const digest = world.opened.files.digestManifest(parts as never)
  await edit(other, 'm', { digest, digestOrigin: 'caller', files: parts } as Partial<EntryContent>)
  const second = await openOther(world)
  store.beforeNextCommit(() => second.catalog.verify('m'))
  expect(await catalog.downloads.finish('m')).toMatchObject({
    state: 'Active',
    files: PARTS.map((path, index) => ({ path, digest: digests[index], sizeBytes: 10 })),
  })
})

it('a download that its holder has begun anew while it was read is not finished by the old reading', async () => {
  const world = await openWorld('finishDownload')
  const { catalog, clock, files } = world.opened
  const running = world.run('during-read', async () => {
    await catalog.downloads.abandon('m')
    clock.advance(1)
    await catalog.downloads.begin('m')
    putBoth(files, '.partial')
  })
  await expect(running).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await catalog.get('m')).toMatchObject({ state: 'Pending', download: { holder: 'a' } })
})

it.each<[string, Partial<EntryContent>]>([
  ['its tags', { tags: ['new'] }],
  ['where the links at its old place may lead', { linksInto: '/srv/blobs' }],
])(
  'verify of a file elsewhere makes it that of the model, though %s changed meanwhile',
  async (_, fields) => {
    const { catalog, files, other } = await openTestCatalog()
    const file = '/srv/m.gguf'
    files.put(file, sampleDigest(1), 10)
    await catalog.register(sampleRegistration({ id: 'm', location: '/srv/old.gguf' }))
    files.duringRead = () => edit(other, 'm', fields)
    expect(await catalog.verify('m', file)).toMatchObject({ state: 'Active', location: file })
  },
)

it('verify is a CONFLICT if it cannot tell whether the model was removed, because the history was pruned', async () => {
  const world = await openWorld('verify')
  const { other, store } = world.opened
  store.changes = async () => {
    throw createInvalidInput([{ field: 'since', problem: 'was pruned' }])
  }
  const running = world.run('during-read', () => edit(other, 'm', { tags: ['new'] }))
  await expect(running).rejects.toMatchObject({ code: 'CONFLICT' })
})

import { sampleDigest, sampleEntry, sampleEvidence, sampleVolume } from '@catalog/testkit'
import type { EntryContent } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { dropEntry, edit, openTestCatalog, plant, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const PATH = '/models/m.gguf'

/** A model whose file is right, and another process that acts at the given moment of its verification. */
async function openRace(
  moment: 'during-read' | 'before-commit',
  compete: (opened: TestCatalog) => Promise<unknown>,
  fields: Partial<Omit<EntryContent, 'id'>> = {},
): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  await plant(opened.other, sampleEntry({ id: 'm', digest: right, ...fields }))
  opened.files.put(PATH, right)
  if (moment === 'before-commit') opened.store.beforeNextCommit(() => compete(opened))
  else opened.files.duringRead = () => compete(opened)
  return opened
}

async function registerAgain({ other }: TestCatalog, fields: object = {}): Promise<void> {
  await dropEntry(other, 'm')
  await plant(other, sampleEntry({ id: 'm', digest: right, ...fields }))
}

describe.each(['during-read', 'before-commit'] as const)(
  'verify, while another writer is faster %s,',
  (moment) => {
    it.each<[string, Partial<EntryContent>, object]>([
      ['tags', { tags: ['new'] }, { state: 'Active', tags: ['new'] }],
      ['the state Retired', { state: 'Retired' }, { state: 'Retired' }],
      [
        'evidence of another node',
        { evidence: { n: sampleEvidence(right) } },
        { state: 'Active', evidence: { n: {} } },
      ],
    ])('keeps %s', async (_, fields, expected) => {
      const { catalog } = await openRace(moment, ({ other }) => edit(other, 'm', fields))
      const entry = await catalog.verify('m')
      expect(entry).toMatchObject({ ...expected, revision: 3 })
      expect(entry).toMatchObject({ evidence: { 'volume-1': { outcome: 'match' } } })
    })

    it.each<[string, Partial<EntryContent>]>([
      ['the digest', { digest: sampleDigest(3) }],
      ['the file', { file: 'other.gguf' }],
      ['the location', { location: '/srv/m.gguf' }],
      ['the declared size', { sizeBytes: 1024 }],
    ])('is a CONFLICT where %s is another', async (_, fields) => {
      const { catalog } = await openRace(moment, ({ other }) => edit(other, 'm', fields))
      const details = { id: 'm', expectedRevision: 1, foundRevision: 2 }
      await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT', details })
      expect(await catalog.get('m')).toMatchObject({ state: 'Pending', revision: 2, verifiedAt: null })
    })

    it('is a CONFLICT where the model was removed and registered again, even in the same millisecond', async () => {
      const { catalog } = await openRace(moment, registerAgain)
      await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await catalog.get('m')).toMatchObject({ state: 'Pending', revision: 3 })
    })

    it('is a CONFLICT where it was registered at another time', async () => {
      const { catalog } = await openRace(moment, ({ other }) =>
        edit(other, 'm', { registeredAt: '2026-01-01T00:00:00Z' }),
      )
      await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    })

    it('is NOT_FOUND where the model is gone', async () => {
      const { catalog } = await openRace(moment, ({ other }) => dropEntry(other, 'm'))
      await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })

    it('is a match where the digest became the one that was found', async () => {
      const found = { digest: right, digestOrigin: 'computed' } as const
      const { catalog } = await openRace(moment, ({ other }) => edit(other, 'm', found), { digest: null })
      expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digest: right, revision: 3 })
    })

    it('is a CONFLICT where the first digest became another than was found', async () => {
      const { catalog } = await openRace(
        moment,
        ({ other }) => edit(other, 'm', { digest: sampleDigest(3) }),
        {
          digest: null,
        },
      )
      await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await catalog.get('m')).toMatchObject({ state: 'Pending', digest: sampleDigest(3) })
    })

    it('records no mismatch on a model that means other bytes by now', async () => {
      const opened = await openRace(moment, ({ other }) => edit(other, 'm', { digest: sampleDigest(3) }))
      opened.files.put(PATH, sampleDigest(2))
      await expect(opened.catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await opened.catalog.get('m')).toMatchObject({ state: 'Pending' })
    })
  },
)

describe('concurrent verifications', () => {
  it.each([
    ['of its own file', undefined],
    ['of a file elsewhere', '/srv/m.gguf'],
  ])('%s all succeed', async (_, path) => {
    const first = await openTestCatalog()
    const second = await openTestCatalog({ backing: first.backing, node: 'node-2' })
    await plant(first.other, sampleEntry({ id: 'm', digest: null }))
    for (const { files } of [first, second]) files.put(path ?? PATH, right)
    const callers = Array.from({ length: 16 }, (_, n) => (n % 2 === 0 ? first : second).catalog)
    const entries = await Promise.all(callers.map((catalog) => catalog.verify('m', path)))
    expect(entries.map(({ state }) => state)).toEqual(callers.map(() => 'Active'))
    expect(entries.map(({ revision }) => revision).sort((a, b) => a - b)).toEqual(
      callers.map((_, n) => n + 2),
    )
    const evidence = { 'volume-1': { outcome: 'match' }, 'volume-2': { outcome: 'match' } }
    expect(await first.catalog.get('m')).toMatchObject({ digestOrigin: 'computed', evidence })
  })

  it('of two files end as CONFLICT for the later one', async () => {
    const { catalog, files, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm', digest: right }))
    files.put('/srv/a.gguf', right)
    files.put('/srv/b.gguf', right)
    const outcomes = await Promise.allSettled([
      catalog.verify('m', '/srv/a.gguf'),
      catalog.verify('m', '/srv/b.gguf'),
    ])
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'CONFLICT' } }])
    expect(await catalog.get('m')).toMatchObject({ location: '/srv/a.gguf' })
  })
})

describe('verify, while another disk is mounted where the file is,', () => {
  const ANOTHER = sampleVolume({ id: 'volume-2' })

  it.each<[string, (opened: TestCatalog) => void]>([
    [
      'before the reading',
      ({ files }) => {
        files.volumes.prepare = async () => sampleVolume({ dev: '9' })
      },
    ],
    [
      'with the same device number, during the reading',
      ({ files }) => {
        files.duringRead = () => {
          files.volumes.present = [ANOTHER]
        }
      },
    ],
    [
      'and away again, during the reading',
      ({ files }) => {
        files.duringRead = () => {
          files.volumes.present = []
        }
      },
    ],
  ])('%s, is FILE_CHANGED and leaves no evidence', async (_, mount) => {
    const opened = await openTestCatalog()
    await plant(opened.other, sampleEntry({ id: 'm', digest: right }))
    opened.files.put(PATH, right)
    mount(opened)
    const details = { path: PATH, changed: ['dev'] }
    await expect(opened.catalog.verify('m')).rejects.toMatchObject({ code: 'FILE_CHANGED', details })
    const entry = await opened.catalog.get('m')
    expect([entry?.state, entry?.evidence]).toEqual(['Pending', undefined])
  })
})

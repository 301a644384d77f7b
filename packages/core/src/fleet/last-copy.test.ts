import {
  FakeFiles,
  fixedClock,
  openMemoryStore,
  sampleDigest,
  sampleEntry,
  sampleEvidence,
} from '@catalog/testkit'
import type { Evidence } from '@catalog/types'
import { expect, it } from 'vitest'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createLastCopy, createLastCopyCheck } from './last-copy.ts'

const digest = sampleDigest(1)

/** Evidence of a model of two files, by a node: the first on the volume, the second on another one, if one is given. */
function readOn(volume: string, node: string, partVolume?: string): Evidence {
  const { fingerprint, ...read } = sampleEvidence(digest)
  if (fingerprint === undefined) throw new Error('there must be a fingerprint')
  const files = [
    { path: 'a.bin', fingerprint },
    {
      path: 'b.bin',
      fingerprint: { ...fingerprint, ...(partVolume !== undefined && { volume: partVolume }) },
    },
  ]
  return { ...read, files, volume, anchor: `/${volume}/anchor`, node }
}

async function lastOf(
  evidence: Readonly<Record<string, Evidence>>,
  isShared = true,
): Promise<string | undefined> {
  const clock = fixedClock()
  const store = await openMemoryStore({ clock, isShared })
  const { volumes } = new FakeFiles()
  const context = {
    store,
    clock,
    volumes,
    node: 'n1',
    policy: {},
  } as Partial<CatalogContext> as CatalogContext
  const find = await createLastCopyCheck(context)
  return find(sampleEntry({ digest, evidence }), ['volume-1@n1'])?.key
}

it.each<[string, string | undefined, Record<string, Evidence>]>([
  ['the only one', 'volume-1@n1', { 'volume-1@n1': readOn('volume-1', 'n1') }],
  [
    'not the last, if another machine has all files on disks of its own',
    undefined,
    { 'volume-1@n1': readOn('volume-1', 'n1'), 'volume-2@n2': readOn('volume-2', 'n2') },
  ],
  [
    'not the last, if both have a part on another disk of their own',
    undefined,
    {
      'volume-1@n1': readOn('volume-1', 'n1', 'volume-3'),
      'volume-2@n2': readOn('volume-2', 'n2', 'volume-4'),
    },
  ],
  [
    'the last, if the other machine has read a part of it on the same network file system',
    'volume-1@n1',
    { 'volume-1@n1': readOn('volume-1', 'n1', 'nfs'), 'volume-2@n2': readOn('volume-2', 'n2', 'nfs') },
  ],
  [
    'the last, if a part of the other one is on its volume',
    'volume-1@n1',
    { 'volume-1@n1': readOn('volume-1', 'n1'), 'volume-2@n2': readOn('volume-2', 'n2', 'volume-1') },
  ],
  ['none, if another copy than this one is recorded', undefined, { 'volume-2@n2': readOn('volume-2', 'n2') }],
])('a copy is %s', async (_, key, evidence) => {
  expect(await lastOf(evidence)).toBe(key)
})

it('the only copy of one machine is not held back', async () => {
  expect(await lastOf({ 'volume-1@n1': readOn('volume-1', 'n1') }, false)).toBeUndefined()
})

it('LAST_COPY tells the model, the file, and the copy', () => {
  const at = '2025-10-01T00:00:00.000Z'
  const copy = { key: 'k', node: 'n1', verifiedAt: at, lastSeenAt: at, isCounted: true, isHere: true }
  const entry = { ...sampleEntry({ id: 'm' }), revision: 1 }
  const details = { id: 'm', path: '/models/m', node: 'n1', verifiedAt: at }
  expect(createLastCopy(entry, '/models/m', copy)).toMatchObject({ code: 'LAST_COPY', details })
})

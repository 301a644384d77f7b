import { sampleDigest, sampleEntry, sampleRegistration } from '@catalog/testkit'
import type { LifecycleState } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { Catalog } from '../src/catalog.ts'
import { openTestCatalog, plant } from './test-catalog.ts'

describe('register', () => {
  it('adds a Pending model whose name is its id', async () => {
    const { catalog } = await openTestCatalog()
    const entry = await catalog.register({ id: 'org/m', source: 'hf:org/m' })
    expect(entry).toStrictEqual({
      id: 'org/m',
      name: 'org/m',
      source: 'hf:org/m',
      digest: null,
      state: 'Pending',
      registeredAt: '2025-10-01T00:00:00.000Z',
      verifiedAt: null,
      revision: 1,
    })
    expect(Object.isFrozen(entry)).toBe(true)
    expect(await catalog.get('org/m')).toEqual(entry)
  })

  it('keeps what the caller declares', async () => {
    const { catalog } = await openTestCatalog()
    const declared = { name: 'M', sizeBytes: 5, file: 'a/m.bin', tags: ['x'] }
    const digest = `SHA256:${sampleDigest(171).toUpperCase()}`
    const entry = await catalog.register({ ...sampleRegistration(), ...declared, digest })
    expect(entry).toMatchObject({ ...declared, digest: sampleDigest(171), digestOrigin: 'caller' })
    expect(await catalog.register({ id: 'l', source: 's', location: '/srv/l.gguf' })).toMatchObject({
      location: '/srv/l.gguf',
    })
  })

  it('gives the store no fields without a value', async () => {
    const { catalog, store } = await openTestCatalog()
    const commit = store.commit.bind(store)
    const given: unknown[] = []
    store.commit = (commits) => {
      given.push(...commits.flatMap(({ changes }) => changes.map(({ entry }) => entry)))
      return commit(commits)
    }
    const { revision: _revision, ...entry } = await catalog.register({ id: 'm', source: 'hf:org/m' })
    expect(given).toStrictEqual([entry])
    await catalog.register({ id: 's', source: 's', files: [{ path: 'a', digest: sampleDigest(1) }] })
    expect(given[1]).toMatchObject({ id: 's', digestOrigin: 'caller' })
  })

  it('takes the caller for the origin of digests of files that come without one', async () => {
    const { catalog } = await openTestCatalog()
    const files = [{ path: 'a', digest: sampleDigest(1) }]
    expect(await catalog.register({ id: 's', source: 's', files })).toMatchObject({ digestOrigin: 'caller' })
  })

  it('writes actor and reason into the history', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(sampleRegistration({ actor: 'ops', reason: 'trial' }))
    expect(await catalog.history.changes()).toMatchObject([
      { operation: 'register', actor: 'ops', reason: 'trial' },
    ])
  })

  it.each(['m', 'M'])('refuses %s where m is registered', async (id) => {
    const { catalog } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'm' }))
    const details = { id, existingId: 'm' }
    await expect(catalog.register(sampleRegistration({ id }))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      details,
    })
  })

  it.each([
    [null],
    [{ id: 'm' }],
    [{ id: '../m', source: 's' }],
    [{ id: 'm', source: 's', digest: 'abc' }],
    [{ id: 'm', source: 's', unknown: 1 }],
    [{ id: 'm', source: 's', file: 'catalog.json' }],
  ])('refuses %j before anything is written', async (input) => {
    const { catalog, store } = await openTestCatalog()
    await expect(catalog.register(input as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(store.commits).toBe(0)
  })

  it('takes the names of every object for ids like any other', async () => {
    const { catalog } = await openTestCatalog()
    for (const id of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(await catalog.get(id)).toBeUndefined()
      await catalog.register(sampleRegistration({ id }))
      expect(await catalog.setState(id, 'Retired')).toMatchObject({ id, revision: 2 })
    }
  })
})

describe('queries', () => {
  it('list by id, by state, by name, and page by page', async () => {
    const { catalog, other } = await openTestCatalog()
    const samples: [string, LifecycleState, string][] = [
      ['b', 'Active', 'x'],
      ['a', 'Pending', 'x'],
      ['c', 'Active', 'y'],
    ]
    for (const [id, state, name] of samples) await plant(other, sampleEntry({ id, state, name }))
    const idsOf = (entries: readonly { id: string }[]): string[] => entries.map(({ id }) => id)
    expect(idsOf(await catalog.list())).toEqual(['a', 'b', 'c'])
    expect(idsOf(await catalog.list({ after: 'a', limit: 1 }))).toEqual(['b'])
    expect(idsOf(await catalog.listByState('Active'))).toEqual(['b', 'c'])
    expect(idsOf(await catalog.findByName('x'))).toEqual(['a', 'b'])
    expect(await catalog.findByName('X')).toEqual([])
    expect(await catalog.counts()).toEqual({ Pending: 1, Active: 2, Retired: 0, Failed: 0 })
  })

  it('refuse what they do not understand', async () => {
    const { catalog } = await openTestCatalog()
    const calls = [
      catalog.get('..'),
      catalog.list({ status: 'Active' } as never),
      catalog.listByState('active' as never),
      catalog.listByState(undefined as never),
      catalog.findByName(undefined as never),
      catalog.history.changes(-1),
      catalog.modelPath(''),
    ]
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'INVALID_INPUT' } })
    }
  })

  it('name the argument that they do not understand', async () => {
    const { catalog } = await openTestCatalog()
    const calls: [string, Promise<unknown>][] = [
      ['path', catalog.verify('m', '')],
      ['name', catalog.findByName('')],
      ['reference', catalog.locate('')],
      ['idOrRef', catalog.resolve('')],
      ['idOrRef', catalog.openVerified('')],
    ]
    for (const [field, call] of calls) {
      await expect(call).rejects.toMatchObject({ details: { problems: [{ field }] } })
    }
  })

  it('see what changed since a position', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'a' }))
    const position = await catalog.refresh()
    await catalog.register(sampleRegistration({ id: 'b' }))
    expect(await catalog.history.changes(position)).toMatchObject([{ id: 'b' }])
  })

  it('tell where the model file is', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register({ id: 'org/m', source: 'https://example.org/m.onnx' })
    await catalog.register({ id: 'l', source: 's', location: '/srv/l.gguf' })
    expect(await catalog.modelPath('org/m')).toBe('/models/org/m.onnx')
    expect(await catalog.modelPath('l')).toBe('/srv/l.gguf')
    await expect(catalog.modelPath('absent')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a catalog', () => {
  it('closes the verifier, the volumes and the store, also if one of them fails', async () => {
    const { catalog, files, store } = await openTestCatalog()
    const closed: string[] = []
    const fail = (name: string) => async (): Promise<void> => {
      closed.push(name)
      throw new Error(name)
    }
    files.close = fail('verifier')
    files.volumes.close = fail('volumes')
    store.close = fail('store')
    await expect(catalog.close()).rejects.toThrow()
    expect(closed).toEqual(['verifier', 'volumes', 'store'])
  })

  it('refuses calls once it is closed, and may be closed twice', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.close()
    expect(files.isClosed).toBe(true)
    await catalog[Symbol.asyncDispose]()
    await expect(catalog.get('a')).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(catalog.register(sampleRegistration())).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('is closed at the end of the block that declares it', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog[Symbol.asyncDispose]()
    expect(files.isClosed).toBe(true)
  })

  it('refuses a node that is not a host name', async () => {
    const { store, files, clock } = await openTestCatalog()
    const create = (): Catalog =>
      new Catalog({ store, files, verifier: files, volumes: files.volumes, clock, node: '__proto__' })
    expect(create).toThrowError(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})

import { sampleDigest, sampleRegistration } from '@catalog/testkit'
import { CatalogError, type CatalogObserver, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const PATH = '/models/m.gguf'

/** Notes every event by its kind. */
function recordEvents(): { readonly events: [string, object][]; readonly observer: CatalogObserver } {
  const events: [string, object][] = []
  const observer: CatalogObserver = {
    onOperation: (event) => events.push(['operation', event]),
    onVerification: (event) => events.push(['verification', event]),
    onConflict: (event) => events.push(['conflict', event]),
  }
  return { events, observer }
}

describe('an observer', () => {
  it('learns of every write and its outcome, and of no read', async () => {
    const { events, observer } = recordEvents()
    const { catalog } = await openTestCatalog({ observer })
    await catalog.register(sampleRegistration({ id: 'm' }))
    await catalog.register(sampleRegistration({ id: 'M' })).catch(() => undefined)
    await catalog.setState('m', 'Active').catch(() => undefined)
    await catalog.get('m')
    await catalog.list()
    await catalog.remove('m')
    await catalog.remove('m').catch(() => undefined)
    const seen = events.map(([kind, event]) => ({ kind, ...event }))
    expect(seen).toEqual([
      { kind: 'operation', operation: 'register', id: 'm', outcome: 'ok', durationMs: 5 },
      { kind: 'operation', operation: 'register', id: 'M', outcome: 'ALREADY_EXISTS', durationMs: 5 },
      { kind: 'operation', operation: 'set-state', id: 'm', outcome: 'INVALID_TRANSITION', durationMs: 5 },
      { kind: 'operation', operation: 'remove', id: 'm', outcome: 'ok', durationMs: 5 },
      { kind: 'operation', operation: 'remove', id: 'm', outcome: 'NOT_FOUND', durationMs: 5 },
    ])
  })

  it('learns of what is done by its name, and the history has the same name, with who did it and why', async () => {
    const { events, observer } = recordEvents()
    const { catalog, files, other } = await openTestCatalog({ observer })
    const by = { actor: 'ada', reason: 'a trial' }
    await catalog.register({ ...sampleRegistration({ id: 'm', digest: right }), ...by })
    await catalog.update('m', { tags: ['a'] }, by)
    await catalog.downloads.begin('m', by)
    await catalog.downloads.renew('m', by)
    await catalog.downloads.abandon('m', by)
    await catalog.downloads.begin('m', by)
    files.put(`${PATH}.partial`, right)
    await catalog.downloads.finish('m', by)
    await catalog.verify('m', undefined, by)
    const { id } = await catalog.leases.take('m', { forMs: 1000, ...by })
    await catalog.leases.renew('m', id, { forMs: 1000, ...by })
    await catalog.leases.release('m', id, by)
    await catalog.setState('m', 'Retired', by)
    await catalog.remove('m', by)
    const names = events.flatMap(([kind, event]) => (kind === 'operation' ? [event] : []))
    expect(names).toMatchObject(
      [
        ...['register', 'update', 'begin-download', 'renew-download', 'abandon-download', 'begin-download'],
        ...['finish-download', 'verify', 'lease', 'renew-lease', 'release-lease', 'set-state', 'remove'],
      ].map((operation) => ({ operation, id: 'm', outcome: 'ok' })),
    )
    const history = await other.changes(0, parseModelId('m'))
    const done = history.map(({ operation, actor, reason }) => ({ operation, actor, reason }))
    // Finishing renews the download first, and again when it gives the file its name.
    const finishing = ['renew-download', 'renew-download', 'finish-download']
    expect(done).toEqual(
      [
        ...['register', 'update', 'begin-download', 'renew-download', 'abandon-download', 'begin-download'],
        ...finishing,
        ...['verify', 'lease', 'renew-lease', 'release-lease', 'set-state', 'remove'],
      ].map((operation) => ({ operation, ...by })),
    )
  })

  it('learns of verifications: right, wrong, not done', async () => {
    const { events, observer } = recordEvents()
    const { catalog, files } = await openTestCatalog({ observer })
    await catalog.register(sampleRegistration({ id: 'm', digest: right }))
    await catalog.verify('m').catch(() => undefined)
    files.put(PATH, right, 7)
    await catalog.verify('m')
    files.put(PATH, sampleDigest(2), 8)
    await catalog.verify('m').catch(() => undefined)
    await catalog.verify('absent').catch(() => undefined)
    const verifications = events.filter(([kind]) => kind === 'verification').map(([, event]) => event)
    expect(verifications).toMatchObject([
      { id: 'm', outcome: 'error', bytes: 0 },
      { id: 'm', outcome: 'match', bytes: 7 },
      { id: 'm', outcome: 'mismatch', bytes: 8 },
    ])
  })

  it('tells an abort from an error', async () => {
    const { events, observer } = recordEvents()
    const { catalog, files } = await openTestCatalog({ observer })
    await catalog.register(sampleRegistration({ id: 'm' }))
    files.put(PATH, right)
    await catalog.verify('m', undefined, { signal: AbortSignal.abort() }).catch(() => undefined)
    files.duringRead = () => Promise.reject(new Error('no CatalogError'))
    await catalog.verify('m').catch(() => undefined)
    const controller = new AbortController()
    files.duringRead = () => {
      controller.abort()
      throw new CatalogError('IO', 'bad sector', { operation: 'read' })
    }
    await catalog.verify('m', undefined, { signal: controller.signal }).catch(() => undefined)
    const outcomes = events.flatMap(([kind, event]) => (kind === 'operation' ? [event] : []))
    expect(outcomes).toMatchObject(['ok', 'aborted', 'error', 'IO'].map((outcome) => ({ outcome })))
  })

  it.each([null, 7, { signal: null }, { signal: 'abort' }])(
    'learns that the options %j are wrong',
    async (options) => {
      const { events, observer } = recordEvents()
      const { catalog } = await openTestCatalog({ observer })
      const refused = { code: 'INVALID_INPUT' }
      await expect(catalog.verify('m', undefined, options as never)).rejects.toMatchObject(refused)
      expect(events).toMatchObject([['operation', { operation: 'verify', outcome: 'INVALID_INPUT' }]])
    },
  )

  it('learns of every conflict', async () => {
    const { events, observer } = recordEvents()
    const { catalog, store, other } = await openTestCatalog({ observer })
    await catalog.register(sampleRegistration({ id: 'm' }))
    store.beforeNextCommit(() => edit(other, 'm', { tags: ['1'] }))
    store.beforeNextCommit(() => edit(other, 'm', { tags: ['2'] }))
    await catalog.setState('m', 'Retired')
    const conflicts = events.filter(([kind]) => kind === 'conflict').map(([, event]) => event)
    expect(conflicts).toEqual([
      { operation: 'set-state', id: 'm', attempt: 1 },
      { operation: 'set-state', id: 'm', attempt: 2 },
    ])
  })

  it('is never told a source, not even one that was given for an id', async () => {
    const { events, observer } = recordEvents()
    const { catalog } = await openTestCatalog({ observer })
    const source = 'https://user:hunter2@example.org/m'
    await catalog.register({ id: 'm', source })
    await catalog.remove(source).catch(() => undefined)
    expect(events).toMatchObject([
      ['operation', { id: 'm' }],
      ['operation', { id: '', outcome: 'INVALID_INPUT' }],
    ])
    expect(JSON.stringify(events)).not.toContain('hunter2')
  })

  it.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('no disk for metrics')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no disk for metrics'))],
  ])('that %s does no harm', async (_, fail) => {
    const observer = { onOperation: fail, onVerification: fail, onConflict: fail }
    const { catalog, files } = await openTestCatalog({ observer })
    await catalog.register(sampleRegistration({ id: 'm' }))
    files.put(PATH, right)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  })
})

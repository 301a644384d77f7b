import { getEventListeners } from 'node:events'
import { CatalogError, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, type TestCatalog } from '../../test/test-catalog.ts'
import { createContext } from '../context/catalog-ports.ts'
import { type DownloadKeeper, keepDownload } from './download-keeper.ts'

const FOR_MS = 600_000

interface Kept extends TestCatalog {
  readonly keeper: DownloadKeeper
  /** Lets this much time pass, tells the keeper of progress, and resolves with how many renewals there were. */
  readonly after: (ms: number) => Promise<number>
}

async function openKept(signal?: AbortSignal): Promise<Kept> {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, store, files, clock } = opened
  await catalog.register({ id: 'm', source: 'x' })
  await catalog.downloads.begin('m', { forMs: FOR_MS })
  const { volumes } = files
  const context = createContext({
    store,
    verifier: files,
    files,
    volumes,
    clock,
    node: 'node-1',
    holder: 'a',
  })
  const keeper = keepDownload(context, { id: parseModelId('m'), holder: 'a', forMs: FOR_MS, signal })
  const after = async (ms: number): Promise<number> => {
    clock.advance(ms)
    keeper.touch()
    await keeper.stop()
    const changes = await catalog.history.of('m')
    return changes.filter(({ operation }) => operation === 'renew-download').length
  }
  return { ...opened, keeper, after }
}

describe('a kept download', () => {
  it('is renewed once half of its time has passed, and again after as long', async () => {
    const { after, catalog } = await openKept()
    expect(await after(FOR_MS / 2 - 1)).toBe(0)
    expect(await after(1)).toBe(1)
    expect(await catalog.get('m')).toMatchObject({ download: { until: '2025-10-01T00:15:00.000Z' } })
    expect(await after(FOR_MS / 2 - 1)).toBe(1)
    expect(await after(1)).toBe(2)
  })

  it('is renewed a tenth of its time after a renewal that failed for a moment', async () => {
    const { after, store, keeper } = await openKept()
    store.beforeNextCommit(async () => {
      throw new CatalogError('NO_SPACE', 'full', { path: '/models', outcome: 'none' })
    })
    expect(await after(FOR_MS / 2)).toBe(0)
    expect(await after(FOR_MS / 10 - 1)).toBe(0)
    expect(await after(1)).toBe(1)
    expect(keeper.signal.aborted).toBe(false)
  })

  it('aborts with the reason of its caller, before and while it is kept', async () => {
    const { keeper } = await openKept(AbortSignal.abort('before'))
    expect(keeper.signal.reason).toBe('before')
    const controller = new AbortController()
    const later = await openKept(controller.signal)
    controller.abort('later')
    expect(later.keeper.signal.reason).toBe('later')
  })

  it('lets go of the signal of its caller at its end', async () => {
    const { signal } = new AbortController()
    const { keeper } = await openKept(signal)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await keeper.stop()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

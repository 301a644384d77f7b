import { readdir, readFile, rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { idsOf, modelId, register, registrationOf } from './commits.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const SMALL = { segmentBytes: 2048 }

describe('a journal that grows', () => {
  const root = useTemporaryRoot()
  const segments = async () =>
    (await readdir(root.at('.catalog'))).filter((name) => name.startsWith('snapshot')).length
  const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

  it('goes on in further segments, each with the state before it as its snapshot', async () => {
    const store = await root.open(SMALL)
    await register(store, ...many('a', 60))
    await store.commit([
      { operation: 'remove', changes: [{ id: modelId('a-7'), ifRevision: 1, entry: null }] },
    ])
    expect(await segments()).toBeGreaterThan(3)
    await store.close()
    const reopened = await root.open(SMALL)
    expect(await idsOf(reopened)).toEqual(
      many('a', 60)
        .filter((id) => id !== 'a-7')
        .sort(),
    )
    await register(reopened, 'a-7')
    expect((await reopened.get(modelId('a-7')))?.revision).toBe(3)
  })

  it('keeps its whole history over all segments', async () => {
    const store = await root.open(SMALL)
    const ids = many('a', 60)
    await register(store, ...ids)
    expect((await store.changes(0)).map(({ id }) => id)).toEqual(ids)
    const positions = (await store.changes(0)).map(({ position }) => position)
    const middle = positions[40] ?? 0
    expect((await store.changes(middle)).map(({ id }) => id)).toEqual(ids.slice(41))
  })

  it('is followed by stores that were opened before, and by writers that were left behind', async () => {
    const writer = await root.open(SMALL)
    const sleeper = await root.open(SMALL)
    await register(writer, ...many('a', 60))
    const [outcome] = await sleeper.commit([registrationOf('sleeper')])
    expect(outcome?.applied).toBe(true)
    expect(await idsOf(writer)).toEqual([...many('a', 60), 'sleeper'].sort())
    expect((await sleeper.commit([registrationOf('a-3')]))[0]?.applied).toBe(false)
  })

  it('is sealed once, however many stores write at the same time', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => root.open(SMALL)))
    await Promise.all(stores.map((store, index) => register(store, ...many(`store-${index}`, 40))))
    for (const store of stores) expect(await idsOf(store)).toHaveLength(240)
    expect(await idsOf(await root.open())).toHaveLength(240)
  })

  it('is finished by the next writer where the one that sealed it died', async () => {
    const disk = new FaultyDisk()
    const store = await root.open({ ...SMALL, disk })
    disk.linkFailure = 'EIO'
    await register(store, ...many('a', 60)).catch(() => undefined)
    expect(await segments()).toBe(1)
    const next = await root.open(SMALL)
    const before = await idsOf(next)
    await register(next, 'next')
    expect(await segments()).toBe(2)
    expect(await idsOf(next)).toEqual([...before, 'next'])
    expect(await idsOf(await root.open())).toEqual([...before, 'next'])
  })

  it('goes on from the present snapshot where the segments between were pruned', async () => {
    const sleeper = await root.open(SMALL)
    const writer = await root.open(SMALL)
    await register(writer, ...many('a', 60))
    for (const name of await readdir(root.at('.catalog'))) {
      if (/-00000[2-3]\.jsonl$/u.test(name)) await rm(root.at('.catalog', name))
    }
    await register(sleeper, 'sleeper')
    expect(await idsOf(writer)).toContain('sleeper')
  })

  it('chains its segments: the number and digest at a seal begin the next', async () => {
    const store = await root.open(SMALL)
    await register(store, ...many('a', 30))
    const sealed = await readFile(root.at('.catalog', 'journal-000001.jsonl'), 'utf8')
    const seal = JSON.parse(sealed.trim().split('\n').at(-1)?.slice(33) ?? '')
    expect(seal).toMatchObject({ seal: true })
    const snapshot = await readFile(root.at('.catalog', 'snapshot-000002.jsonl'), 'utf8')
    const header = JSON.parse(snapshot.split('\n')[0]?.slice(33) ?? '')
    expect(header.start[0]).toBe(seal.after[0] + 1)
  })
})

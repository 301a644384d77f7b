import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { sampleDigest, sampleEntry } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { systemTimers, type Timers } from '../src/disk/timers.ts'
import { MAX_ADOPTED_BYTES } from '../src/format/limits.ts'
import { idsOf, modelId, register } from './commits.ts'
import { ManualTimers } from './manual-timers.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const OWN_DELAY_MS = 100
const FOREIGN_DELAY_MS = 500

/** Real timers with short delays. */
const QUICK_TIMERS: Timers = {
  ...systemTimers,
  after: (delayMs, work) => systemTimers.after(delayMs / 100, work),
}

/** The real disk, which notifies tests of each rename. */
class ViewedDisk {
  readonly disk: FileSystem = {
    ...nodeFileSystem,
    rename: async (from, to) => {
      await nodeFileSystem.rename(from, to)
      for (const tell of this.#waiting.splice(0)) tell()
    },
  }
  readonly #waiting: (() => void)[] = []

  /** Checks now and after each rename. Resolves once the check succeeds. */
  async until(isRight: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const next = new Promise<void>((resolve) => this.#waiting.push(resolve))
      if (await isRight()) return
      await next
    }
  }
}

describe('catalog.json', () => {
  const root = useTemporaryRoot()
  const readView = async () => JSON.parse(await readFile(root.at('catalog.json'), 'utf8'))
  const idsInView = async (): Promise<string[]> =>
    (await readView()).models.map((model: { id: string }) => model.id)

  it('shows every change once its store is closed', async () => {
    const store = await root.open()
    await register(store, 'b', 'a')
    await store.close()
    expect(await idsInView()).toEqual(['a', 'b'])
  })

  it('shows what was committed, even if the caller changes the objects that it gave', async () => {
    const tags = ['one']
    const store = await root.open()
    const entry = sampleEntry({ id: 'a', tags })
    await store.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
    tags[0] = 'two'
    await store.close()
    expect((await readView()).models[0].tags).toEqual(['one'])
  })

  it('follows by itself while the store stays open', async () => {
    await (await root.open()).close()
    const views = new ViewedDisk()
    const store = await root.open({ disk: views.disk, timers: QUICK_TIMERS })
    await register(store, 'a')
    await views.until(async () => (await idsInView()).join() === 'a')
    await register(store, 'b')
    await views.until(async () => (await idsInView()).join() === 'a,b')
  })

  let emptyView = Buffer.of()

  it.each([
    ['missing', () => rm(root.at('catalog.json'))],
    ['empty', () => writeFile(root.at('catalog.json'), '')],
    ['nothing but zeros', () => writeFile(root.at('catalog.json'), Buffer.alloc(512))],
    ['stale', () => writeFile(root.at('catalog.json'), emptyView)],
  ])('is written anew where it is %s', async (_, spoil) => {
    const store = await root.open()
    await store.close()
    emptyView = await readFile(root.at('catalog.json'))
    const writer = await root.open()
    await register(writer, 'a', 'b')
    await writer.close()
    await spoil()
    await (await root.open()).close()
    expect(await idsInView()).toEqual(['a', 'b'])
  })

  it('is whole for every reader at every time', async () => {
    await (await root.open()).close()
    const timers = new ManualTimers()
    const writers = [await root.open({ timers }), await root.open({ timers })]
    let isWriting = true
    let seen: () => void = () => undefined
    const hasSeen = new Promise<void>((resolve) => {
      seen = resolve
    })
    const writing = Promise.all(
      writers.map(async (store, index) => {
        for (let n = 0; n < 60; n += 1) {
          await register(store, `model-${index}-${n}`)
          // Views are written at the same time as commits.
          for (const delayMs of [OWN_DELAY_MS, FOREIGN_DELAY_MS]) timers.fire(delayMs)
          if (n === 30) await hasSeen
        }
        await store.close()
      }),
    ).finally(() => {
      isWriting = false
    })
    while (isWriting) {
      const view = await readView()
      expect(view.models.length).toBeLessThanOrEqual(view.revision)
      if (view.models.length > 0) seen()
      await new Promise(setImmediate)
    }
    await writing
    expect(await idsInView()).toHaveLength(120)
    expect(await idsOf(await root.open())).toHaveLength(120)
  })
})

describe('a catalog.json that was edited by hand', () => {
  const root = useTemporaryRoot()
  const path = () => root.at('catalog.json')
  const registerAndClose = async (...ids: string[]) => {
    const store = await root.open()
    await register(store, ...ids)
    await store.close()
  }
  /** Opens a store with one model. The view shows it, and is not written again before the store is closed. */
  const openShown = async () => {
    await (await root.open()).close()
    const views = new ViewedDisk()
    const timers = new ManualTimers()
    const store = await root.open({ disk: views.disk, timers })
    await register(store, 'a')
    const isShown = views.until(async () => (await readFile(path(), 'utf8')).includes('"a"'))
    timers.fire(FOREIGN_DELAY_MS)
    await isShown
    return store
  }
  const edit = async (change: (catalog: { models: Record<string, unknown>[] }) => unknown) => {
    const catalog = JSON.parse(await readFile(path(), 'utf8'))
    change(catalog)
    await writeFile(path(), JSON.stringify(catalog))
    return await readFile(path())
  }

  it('is adopted when the catalog is opened: models changed, added and taken out', async () => {
    await registerAndClose('a', 'b')
    await edit(({ models }) => {
      Object.assign(models[0] ?? {}, { name: 'renamed', note: 'by hand' })
      models[1] = { ...models[1], id: 'c', revision: undefined }
    })
    const store = await root.open()
    expect(await idsOf(store)).toEqual(['a', 'c'])
    expect(await store.get(modelId('a'))).toMatchObject({
      name: 'renamed',
      revision: 2,
      extra: { note: 'by hand' },
    })
    expect(await store.changes(0)).toContainEqual(
      expect.objectContaining({ operation: 'edit', id: 'b', entry: null }),
    )
  })

  it('is adopted by a store that is open already, before it writes the view again', async () => {
    const store = await openShown()
    await edit(({ models }) => Object.assign(models[0] ?? {}, { name: 'renamed' }))
    await store.close()
    expect((await (await root.open()).get(modelId('a')))?.name).toBe('renamed')
  })

  it('changes nothing where only its form was changed', async () => {
    await registerAndClose('a')
    await edit(() => undefined)
    expect((await (await root.open()).get(modelId('a')))?.revision).toBe(1)
  })

  it.each([
    ['an edit', (text: string) => text.replace('"name": "', '"name": "HAND EDIT ')],
    ['another form', (text: string) => JSON.stringify(JSON.parse(text))],
  ])('with %s that was taken is written anew behind later changes', async (_, change) => {
    await registerAndClose('a')
    await writeFile(path(), change(await readFile(path(), 'utf8')))
    await registerAndClose('b')
    await registerAndClose('c')
    const [a, ...others] = JSON.parse(await readFile(path(), 'utf8')).models
    expect([a.name.startsWith('HAND EDIT'), others.length]).toEqual([_ === 'an edit', 2])
  })

  it('that was taken by a store that was killed before its next view is written anew', async () => {
    await registerAndClose('a')
    await edit(({ models }) => Object.assign(models[0] ?? {}, { name: 'HAND EDIT' }))
    const edited = await readFile(path())
    await registerAndClose('b')
    const store = await root.open({ segmentBytes: 100 })
    await register(store, 'c')
    await store.close()
    await writeFile(path(), edited)
    await registerAndClose('d')
    expect(JSON.parse(await readFile(path(), 'utf8')).models).toHaveLength(4)
  })

  it('is EDITED_OUTSIDE if the history since then is pruned', async () => {
    const first = await root.open()
    await register(first, 'a')
    await first.close()
    const old = await readFile(path())
    const store = await root.open({ segmentBytes: 2048 })
    await register(store, ...Array.from({ length: 60 }, (_, n) => `b-${n}`))
    expect((await store.pruneHistory()).removed).not.toEqual([])
    await store.close()
    await writeFile(path(), old)
    await edit(({ models }) => models.pop())
    await expect(root.open()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE' })
  })

  it('does not make a model Active: only a verification does', async () => {
    await registerAndClose('a')
    await edit(({ models }) =>
      Object.assign(models[0] ?? {}, { state: 'Active', verified_at: '2025-10-01T00:00:00Z' }),
    )
    expect((await (await root.open()).get(modelId('a')))?.state).toBe('Pending')
  })

  it('neither adds nor changes facts, and other bytes have none yet', async () => {
    const digest = sampleDigest(1)
    const facts = { digest, format: 'gguf', architecture: 'llama' }
    const store = await root.open()
    const entry = { ...sampleEntry({ id: 'a', digest }), facts }
    await store.commit([{ operation: 'verify', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
    await register(store, 'b')
    await store.close()
    await edit(({ models }) => {
      for (const model of models) Object.assign(model, { facts: { digest, format: 'gguf', name: 'by hand' } })
      Object.assign(models[0] ?? {}, { name: 'renamed' })
    })
    const edited = await root.open()
    expect(await edited.get(modelId('a'))).toMatchObject({ name: 'renamed', facts })
    expect(await edited.get(modelId('b'))).not.toHaveProperty('facts')
    await edited.close()
    await edit(({ models }) => Object.assign(models[0] ?? {}, { digest: 'f'.repeat(64) }))
    expect(await (await root.open()).get(modelId('a'))).not.toHaveProperty('facts')
  })

  it.each([
    ['the catalog has changed since', ({ models }: { models: unknown[] }) => models.pop(), true],
    [
      'it has lost its revision',
      (catalog: object) => Object.assign(catalog, { revision: undefined, models: [] }),
      false,
    ],
    ['it is no longer a catalog', (catalog: object) => Object.assign(catalog, { models: 'none' }), false],
    ['a model in it is none', ({ models }: { models: unknown[] }) => models.push({ id: '../x' }), false],
  ])('is EDITED_OUTSIDE and left alone where %s', async (_, change, hasChangedSince) => {
    await registerAndClose('a')
    const old = await readFile(path())
    if (hasChangedSince) await registerAndClose('b')
    if (hasChangedSince) await writeFile(path(), old)
    const edited = await edit(change)
    await expect(root.open()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE', details: { path: path() } })
    expect(await readFile(path())).toEqual(edited)
    await rm(path())
    expect(await idsOf(await root.open())).toContain('a')
  })

  const SLIPS: readonly [string, (text: string) => string | Buffer][] = [
    ['with an extra comma', (text) => text.replace('"verified_at": null', '"verified_at": null,')],
    ['without its last bracket', (text) => text.trimEnd().slice(0, -1)],
    ['cut off in the middle', (text) => text.slice(0, text.length / 2)],
    ['in UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['in Latin-1', (text) => Buffer.from(text.replace('"name": "', '"name": "\u00e9'), 'latin1')],
    ['as an array', (text) => `[${text}]`],
    ['that is not an object', () => '7'],
    ['nested too deep', (text) => text.replace('{', `{ "x": ${'['.repeat(100)}${']'.repeat(100)},`)],
    ['with a state that there is not', (text) => text.replace('"Pending"', '"Ready"')],
    ['with a text too long for a commit', (text) => text.replace('"id"', `"x": "${'z'.repeat(13e6)}", "id"`)],
  ]

  it.each(SLIPS)('%s is EDITED_OUTSIDE and left alone, and taken once it is corrected', async (_, slip) => {
    await registerAndClose('a')
    const renamed = (await readFile(path(), 'utf8')).replace('"name": "', '"name": "HAND EDIT ')
    const wrong = Buffer.from(slip(renamed))
    await writeFile(path(), wrong)
    for (const open of [root.open, root.open]) {
      await expect(open()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE', details: { path: path() } })
      expect((await readFile(path())).equals(wrong)).toBe(true)
    }
    await writeFile(path(), renamed)
    expect((await (await root.open()).get(modelId('a')))?.name).toContain('HAND EDIT')
  })

  it.each(SLIPS)('%s is written anew once it is moved away', async (_, slip) => {
    await registerAndClose('a')
    await writeFile(path(), slip(await readFile(path(), 'utf8')))
    await expect(root.open()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE' })
    await rename(path(), root.at('mine.json'))
    await registerAndClose('b')
    expect(JSON.parse(await readFile(path(), 'utf8')).models).toHaveLength(2)
  })

  it.each(SLIPS)(
    '%s while the catalog is open is EDITED_OUTSIDE at the end, and left alone',
    async (_, slip) => {
      const store = await openShown()
      const wrong = Buffer.from(slip(await readFile(path(), 'utf8')))
      await writeFile(path(), wrong)
      await register(store, 'b')
      await expect(store.close()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE' })
      expect((await readFile(path())).equals(wrong)).toBe(true)
    },
  )

  it('names every place that is wrong, with line, column and model', async () => {
    await registerAndClose('a', 'b', 'c')
    const text = await readFile(path(), 'utf8')
    const lines = text.replaceAll('"verified_at": null', '"verified_at": null,').split('\n')
    await writeFile(path(), lines.join('\n'))
    const places = lines.flatMap((line, index) =>
      line.includes(',,') ? [{ line: index + 1, column: line.indexOf(',,') + 2 }] : [],
    )
    const wrong = places.map((place, index) => expect.objectContaining({ ...place, entry: 'abc'[index] }))
    await expect(root.open()).rejects.toMatchObject({ details: { places: wrong } })
    await expect(root.open()).rejects.toThrow(
      `line ${places[1]?.line}, column ${places[1]?.column} (b): there is an extra comma`,
    )
  })

  it('names every field that is wrong, with line, column and model', async () => {
    await registerAndClose('a', 'b')
    const text = (await readFile(path(), 'utf8')).replaceAll('"Pending"', '"Ready"')
    const lines = text.replace('"source"', '"sauce"').split('\n')
    await writeFile(path(), lines.join('\n'))
    const [inA = 0, inB = 0] = lines.flatMap((line, index) => (line.includes('"Ready"') ? [index + 1] : []))
    const start = lines.findIndex((line) => line.includes('"id": "a"'))
    await expect(root.open()).rejects.toMatchObject({
      details: {
        places: [
          { line: start, column: 5, entry: 'a', problem: expect.stringContaining('source') },
          { line: inA, column: 16, entry: 'a', problem: expect.stringContaining('state') },
          { line: inB, column: 16, entry: 'b', problem: expect.stringContaining('state') },
        ],
      },
    })
  })

  it('is EDITED_OUTSIDE, not read, if it is larger than what is adopted', async () => {
    await registerAndClose('a')
    await truncate(path(), MAX_ADOPTED_BYTES + 1)
    await expect(root.open()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE' })
    await expect(root.open()).rejects.toThrow(`${MAX_ADOPTED_BYTES + 1} bytes`)
  })

  it.each([
    ['committed', []],
    ['EDITED_OUTSIDE and left alone behind changes', ['b']],
  ])('while the next view is being written is %s', async (_, ids) => {
    await registerAndClose('a')
    const view = await readFile(path(), 'utf8')
    const edited = view.replace('"name": "', '"name": "HAND EDIT ')
    if (ids.length === 0) await rm(path())
    const disk: FileSystem = {
      ...nodeFileSystem,
      async open(name, mode) {
        if (mode === 'create-new' && name.includes('view-')) await writeFile(path(), edited)
        return await nodeFileSystem.open(name, mode)
      },
    }
    const store = await root.open({ disk })
    await register(store, ...ids)
    await store.close().catch((error) => expect(error).toMatchObject({ code: 'EDITED_OUTSIDE' }))
    expect(await readFile(path(), 'utf8')).toContain('HAND EDIT')
  })

  it('is EDITED_OUTSIDE for the store that would have overwritten it', async () => {
    const store = await openShown()
    await edit((catalog) => Object.assign(catalog, { models: 'none' }))
    await register(store, 'b')
    await expect(store.close()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE' })
  })

  it('is not what a bare catalog.json is whose adopter was killed before its first view', async () => {
    await registerAndClose('a')
    const adopted = await readFile(path())
    await rm(root.at('.catalog'), { recursive: true })
    await registerAndClose('b')
    await writeFile(path(), adopted)
    const store = await root.open()
    expect(await idsOf(store)).toEqual(['a', 'b'])
    await store.close()
    expect(JSON.parse(await readFile(path(), 'utf8')).models).toHaveLength(2)
  })
})

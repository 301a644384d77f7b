import { appendFileSync, chmodSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import { buildStore, gitBlobId, sha256 } from '@catalog/testkit/layouts'
import { sampleGguf, sampleSafetensors } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from 'model-catalog'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Candidate, importModels } from '../src/index.ts'

const wren = sampleGguf(1)
const robin = sampleGguf(2)

const temporary = useTemporaryDirectory()
let catalog: Catalog
let store: ReturnType<typeof buildStore>

beforeEach(async () => {
  store = buildStore(join(temporary.path, 'store'))
  catalog = await openCatalog({ root: join(temporary.path, 'catalog'), create: true })
})

afterEach(async () => {
  await catalog.close()
})

/** A candidate for a file of the store. */
function candidate(file: string, given: Partial<Candidate> = {}): Candidate {
  const location = store.at(file)
  return {
    layout: 'ollama',
    store: store.root,
    id: 'ollama/wren',
    name: 'wren',
    otherNames: [],
    source: 'oci:registry.ollama.ai/library/wren:latest',
    location,
    sizeBytes: statSync(location).size,
    companions: [],
    problems: [],
    ...given,
  }
}

/** The same, as a store that states the digest of the file. */
function declaring(file: string, bytes: Uint8Array, given: Partial<Candidate> = {}): Candidate {
  const declared = { digest: sha256(bytes), origin: 'registry', declaredIn: store.at(file) } as const
  return candidate(file, { declared, ...given })
}

async function outcomes(candidates: readonly Candidate[]): Promise<readonly string[]> {
  const { results } = await importModels(catalog, candidates)
  return results.map(({ id, outcome, entry }) => `${id} ${outcome} ${entry?.state ?? 'none'}`)
}

describe('importModels', () => {
  it('imports with another import of the same store at the same time, and each model is registered once', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `blobs/${index}`)
    for (const name of names) store.put(name, sampleGguf(name))
    const candidates = names.map((name) => candidate(name, { id: `ollama/${name}`, name }))
    const other = await openCatalog({ root: join(temporary.path, 'catalog') })
    const reports = await Promise.all([importModels(catalog, candidates), importModels(other, candidates)])
    await other.close()
    const results = reports.flatMap((report) => report.results)
    expect(results.filter(({ outcome }) => outcome === 'wrong' || outcome === 'failed')).toEqual([])
    expect(results.filter(({ outcome }) => outcome === 'added')).toHaveLength(names.length)
    expect((await catalog.list({ state: 'Active' })).length).toBe(names.length)
  })

  it('registers a model where it is and makes it Active, and a second run changes nothing', async () => {
    store.put('blobs/a', wren)
    const wanted = declaring('blobs/a', wren, { otherNames: ['wren:1m'] })
    expect(await outcomes([wanted])).toEqual(['ollama/wren added Active'])
    const entry = await catalog.get('ollama/wren')
    expect(entry).toMatchObject({
      ...{ location: store.at('blobs/a'), tags: ['ollama', 'wren:1m'] },
      digestOrigin: 'registry',
    })
    const position = await catalog.refresh()
    expect(await outcomes([wanted])).toEqual(['ollama/wren known Active'])
    expect(await catalog.refresh()).toBe(position)
  })

  it('gives a number to each further candidate with an id, also if it differs only in case, and keeps it', async () => {
    const files = ['a', 'b', 'c']
    for (const file of files) store.put(file, sampleGguf(file))
    const wanted = files.map((file) => candidate(file, { id: file === 'b' ? 'ollama/WREN' : 'ollama/wren' }))
    const ids = ['ollama/WREN', 'ollama/WREN-2', 'ollama/WREN-3']
    expect(await outcomes(wanted)).toEqual(ids.map((id) => `${id} added Active`))
    const position = await catalog.refresh()
    expect(await outcomes(wanted)).toEqual(ids.map((id) => `${id} known Active`))
    expect(await outcomes([...wanted].reverse())).toEqual(
      [...ids].reverse().map((id) => `${id} known Active`),
    )
    expect(await catalog.refresh()).toBe(position)
  })

  it('makes a file Failed whose bytes are not those that the store states, and does not read it again', async () => {
    store.put('blobs/a', Buffer.alloc(wren.length))
    const wanted = declaring('blobs/a', wren)
    expect(await outcomes([wanted])).toEqual(['ollama/wren wrong Failed'])
    const position = await catalog.refresh()
    expect(await outcomes([wanted])).toEqual(['ollama/wren wrong Failed'])
    expect(await catalog.refresh()).toBe(position)
    store.put('blobs/a', wren)
    expect(await outcomes([wanted])).toEqual(['ollama/wren verified Active'])
  })

  it('goes on after a model that fails', async () => {
    store.put('blobs/a', wren)
    store.put('blobs/b', robin)
    const gone = declaring('blobs/a', wren)
    rmSync(store.at('blobs/a'))
    const right = declaring('blobs/b', robin, { id: 'ollama/robin' })
    expect(await outcomes([gone, right])).toEqual(['ollama/wren failed Pending', 'ollama/robin added Active'])
  })

  it('gives a name that means other bytes a new revision, and its history keeps the old ones', async () => {
    store.put('blobs/a', wren)
    store.put('blobs/b', robin)
    await importModels(catalog, [declaring('blobs/a', wren)])
    const before = await catalog.get('ollama/wren')
    const moved = declaring('blobs/b', robin)
    expect(await outcomes([moved])).toEqual(['ollama/wren updated Active'])
    const after = await catalog.get('ollama/wren')
    expect(after?.digest).toBe(sha256(robin))
    expect(after?.revision).toBeGreaterThan(before?.revision ?? 0)
    const changes = await catalog.history.of('ollama/wren')
    expect(changes.map(({ entry }) => entry?.digest)).toContain(sha256(wren))
  })

  it('keeps the names apart when one of two names of a blob moves to another blob', async () => {
    store.put('blobs/a', wren)
    store.put('blobs/b', robin)
    await importModels(catalog, [declaring('blobs/a', wren, { otherNames: ['copy'] })])
    const copy = declaring('blobs/a', wren, { id: 'ollama/copy', name: 'copy' })
    const moved = declaring('blobs/b', robin)
    expect(await outcomes([copy, moved])).toEqual(['ollama/copy added Active', 'ollama/wren updated Active'])
    expect(await outcomes([moved, copy])).toEqual(['ollama/wren known Active', 'ollama/copy known Active'])
  })

  it('numbers a model whose id belongs to a model of another store', async () => {
    store.put('blobs/a', wren)
    await importModels(catalog, [declaring('blobs/a', wren)])
    store = buildStore(join(temporary.path, 'other'))
    store.put('blobs/a', robin)
    const other = declaring('blobs/a', robin)
    expect(await outcomes([other])).toEqual(['ollama/wren-2 added Active'])
    expect(await outcomes([other])).toEqual(['ollama/wren-2 known Active'])
  })

  it('knows a file that was added under another id', async () => {
    store.put('blobs/a', wren)
    await catalog.register({ id: 'mine', source: 'file:wren', location: store.at('blobs/a') })
    await catalog.verify('mine')
    expect(await outcomes([declaring('blobs/a', wren)])).toEqual(['mine known Active'])
  })

  it('reads a file again whose times the tool touched', async () => {
    store.put('blobs/a', wren)
    const wanted = declaring('blobs/a', wren)
    await importModels(catalog, [wanted])
    utimesSync(store.at('blobs/a'), 1, 1)
    expect(await outcomes([wanted])).toEqual(['ollama/wren verified Active'])
    chmodSync(store.at('blobs/a'), 0o600)
    expect(await outcomes([wanted])).toEqual(['ollama/wren verified Active'])
    expect((await catalog.resolve('ollama/wren')).path).toBe(store.at('blobs/a'))
  })

  it('does not believe a file without a stated digest that changed since it was imported', async () => {
    store.put('a.gguf', wren)
    const wanted = candidate('a.gguf', { layout: 'plain' })
    await importModels(catalog, [wanted])
    writeFileSync(store.at('a.gguf'), robin)
    expect(await outcomes([wanted])).toEqual(['ollama/wren wrong Failed'])
  })

  it('tells what is gone from a store, and keeps its entry', async () => {
    store.put('blobs/a', wren)
    store.put('blobs/b', robin)
    const right = declaring('blobs/b', robin, { id: 'ollama/robin' })
    await importModels(catalog, [declaring('blobs/a', wren), right])
    const { gone } = await importModels(catalog, [right])
    expect(gone.map(({ id }) => id)).toEqual(['ollama/wren'])
    const emptied = await importModels(catalog, [], { stores: [store.root] })
    expect(emptied.gone.map(({ id }) => id)).toEqual(['ollama/robin', 'ollama/wren'])
    expect(await catalog.counts()).toMatchObject({ Active: 2 })
  })

  it('checks a small file by its git blob id, and refuses the model of a wrong one', async () => {
    const weights = sampleSafetensors(3)
    const config = '{"model_type":"wren"}\n'
    store.put('w/model.safetensors', weights)
    store.put('w/config.json', config)
    const declared = { digest: sha256(weights), origin: 'hub', declaredIn: store.at('w') } as const
    const files = [
      { path: 'config.json', sizeBytes: config.length, gitBlobId: gitBlobId(config) },
      { path: 'model.safetensors', sizeBytes: weights.length, declared },
    ]
    const wanted = candidate('w', { layout: 'huggingface', files })
    expect(await outcomes([wanted])).toEqual(['ollama/wren added Active'])
    expect((await catalog.get('ollama/wren'))?.digestOrigin).toBe('hub')
    appendFileSync(store.at('w/config.json'), ' ')
    expect(await outcomes([wanted])).toEqual(['ollama/wren wrong Failed'])
    store.put('v/model.safetensors', weights)
    store.put('v/config.json', config.replace('wren', 'owl!'))
    const second = { ...wanted, id: 'ollama/second', location: store.at('v') }
    const { results } = await importModels(catalog, [second])
    expect(results.map(({ outcome, problem }) => `${outcome} ${problem?.kind}`)).toEqual([
      'failed wrong-git-blob',
    ])
    expect(await catalog.get('ollama/second')).toBe(undefined)
  })

  it('registers without reading if it is asked to', async () => {
    store.put('blobs/a', wren)
    const { results } = await importModels(catalog, [declaring('blobs/a', wren)], { verify: false })
    expect(results.map(({ outcome, entry }) => `${outcome} ${entry?.state}`)).toEqual(['added Pending'])
    expect(await outcomes([declaring('blobs/a', wren)])).toEqual(['ollama/wren verified Active'])
  })

  it('tells its progress over all models, up to the last byte', async () => {
    store.put('blobs/a', wren)
    store.put('blobs/b', robin)
    const told: number[] = []
    const wanted = [declaring('blobs/a', wren), declaring('blobs/b', robin, { id: 'ollama/robin' })]
    await importModels(catalog, wanted, { onProgress: ({ doneBytes }) => told.push(doneBytes) })
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.at(-1)).toBe(wren.length + robin.length)
  })

  it('ends with the reason of its signal, and the rest stays Pending', async () => {
    store.put('blobs/a', wren)
    store.put('blobs/b', robin)
    const abort = new AbortController()
    const wanted = [declaring('blobs/a', wren), declaring('blobs/b', robin, { id: 'ollama/robin' })]
    const reason = new Error('stop')
    const running = importModels(catalog, wanted, {
      signal: abort.signal,
      parallel: 1,
      onResult: () => abort.abort(reason),
    })
    await expect(running).rejects.toBe(reason)
    expect(await catalog.counts()).toMatchObject({ Active: 1, Pending: 1 })
  })
})

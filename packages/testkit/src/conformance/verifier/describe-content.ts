/** Room `conformance/verifier`: what every implementation of `FileVerifier` passes. */
import { readSync } from 'node:fs'
import { expect, it } from 'vitest'
import { damageModel, sampleGguf, sampleShards } from '../../models/index.ts'
import { sha256, type VerifierFixture } from './verifier-harness.ts'

/** What only a verifier can say that reads bytes. */
export function describeContent(world: () => VerifierFixture): void {
  it('an open file is read by its descriptor, whatever happens to its name', async () => {
    const { verifier, write, world: own } = world()
    const { path } = await write('a', 'bytes')
    await using open = toDisposable(await verifier.openFile(path))
    await own.remove(path)
    const buffer = Buffer.alloc(3)
    expect(readSync(open.fd, buffer, 0, 3, 2)).toBe(3)
    expect(buffer.toString()).toBe('tes')
  })

  it('a model is not refused at the first look, and a page in its place is', async () => {
    const { verifier, write } = world()
    const look = { name: 'a.gguf', isPart: false }
    const model = await write('a.gguf', sampleGguf('a'))
    expect((await verifier.takeFirstLook(model.path, look)).refusals).toEqual([])
    const page = await write('b.gguf', '<!doctype html><html><title>404 Not Found</title></html>')
    expect((await verifier.takeFirstLook(page.path, look)).refusals).not.toEqual([])
  })

  it('the facts of a model are those of its header, and of shards together', async () => {
    const { verifier, write } = world()
    const content = sampleGguf('a', { sizeBytes: 4096, metadata: { 'general.license': 'mit' } })
    const facts = await verifier.readFacts([await write('a.gguf', content)])
    expect(facts).toMatchObject({ format: 'gguf', architecture: 'llama', licence: 'mit', tensorCount: 1 })
    const shards = [...sampleShards('b', { format: 'gguf', count: 3 })]
    const seen = await Promise.all(shards.map(([name, shard]) => write(name, shard)))
    const parts = await Promise.all(seen.map((file) => verifier.readFacts([file])))
    const sum = parts.reduce((total, part) => total + (part?.parameters ?? 0), 0)
    expect(await verifier.readFacts(seen)).toMatchObject({ parameters: sum })
  })

  it('a wrong file is recognised as that of another entry, or by its zeros', async () => {
    const { verifier, write } = world()
    const content = sampleGguf('a', { sizeBytes: 1 << 16 })
    const other = await write('a.gguf', content)
    const [found] = await verifier.digestFiles([other])
    const knownDigests = new Map([[sha256(content), 'org/other']])
    const notes = await verifier.diagnoseFile(other.path, { foundDigest: found?.digest, knownDigests })
    expect(notes.some(({ text }) => text.includes('org/other'))).toBe(true)
    const zeroed = await write('b.gguf', damageModel(content, 'zeroed'))
    expect(await verifier.diagnoseFile(zeroed.path, {})).not.toEqual([])
  })

  it('shards are found by their names, with those that are missing', () => {
    const [first, , third] = [1, 2, 3].map((n) => `/m/model-0000${n}-of-00003.safetensors`)
    const [set, ...others] = world().verifier.findShards([third ?? '', first ?? '', '/m/single.gguf'])
    expect(others).toEqual([])
    expect(set?.present).toEqual([first, third])
    expect(set?.missingCount).toBe(1)
    expect(set?.missing.map((path) => path.split('/').at(-1))).toEqual(['model-00002-of-00003.safetensors'])
  })

  it('an index names its shards, and any other file none', async () => {
    const { verifier, write } = world()
    const shards = [...sampleShards('a', { format: 'safetensors', count: 2 })]
    const seen = await Promise.all(shards.map(([name, content]) => write(name, content)))
    const names = await Promise.all(seen.map(({ path }) => verifier.findIndexedShards(path)))
    const isIndex = shards.map(([name]) => name.endsWith('.json'))
    const weights = shards.flatMap(([name]) => (name.endsWith('.json') ? [] : [name])).sort()
    expect(names.map((each) => [...each].sort())).toEqual(isIndex.map((is) => (is ? weights : [])))
  })
}

function toDisposable<Closed extends { close(): Promise<void> }>(open: Closed): Closed & AsyncDisposable {
  return Object.assign(open, { [Symbol.asyncDispose]: () => open.close() })
}

import { FakeFiles, fixedClock, openMemoryStore, sampleDigest, sampleEntry } from '@catalog/testkit'
import { type EntryContent, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { createContext } from '../context/catalog-ports.ts'
import { assertTakeable } from './takeable.ts'

const digest = sampleDigest(1)
const PATH = '/models/a.gguf'
const leases = [
  { id: 'l', holder: 'h', node: 'n', at: '2025-10-01T00:00:00Z', until: '2025-10-02T00:00:00Z' },
]

/** Takes the file at `path` for model `b`, beside model `a` and a file of it. */
async function open(fields: Partial<EntryContent> = {}) {
  const store = await openMemoryStore()
  const files = new FakeFiles()
  files.put(PATH, digest)
  const entry = sampleEntry({ digest, leases, ...fields, id: 'a' })
  await store.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
  const ports = { store, files, verifier: files, volumes: files.volumes, clock: fixedClock(), node: 'n' }
  const context = createContext(ports)
  const take = (path: string, id = 'b') => assertTakeable(context, parseModelId(id), path)
  return { files, take }
}

const inUse = { code: 'IN_USE', details: { id: 'a', users: [{ use: 'lease', holder: 'h' }] } }

describe('a file that is to be moved away', () => {
  it('stays while it is that of another model in use, by whatever name', async () => {
    const { files, take } = await open()
    files.link(PATH, '/models/other.gguf')
    await expect(take(PATH)).rejects.toMatchObject(inUse)
    await expect(take('/models/other.gguf')).rejects.toMatchObject(inUse)
  })

  it('stays while it is one of the files of another model in use', async () => {
    const { files, take } = await open({ files: [{ path: 'missing' }, { path: 'x' }] })
    files.put('/models/a/x', digest)
    files.link('/models/a/x', '/models/other.gguf')
    await expect(take('/models/a/x')).rejects.toMatchObject(inUse)
    await expect(take('/models/other.gguf')).rejects.toMatchObject(inUse)
  })

  it('stays while any of the paths of another model in use leads to it', async () => {
    const { files, take } = await open()
    files.pathsOf = () => ['/models/missing.gguf', '/archive/a.gguf']
    files.put('/archive/a.gguf', digest)
    files.link('/archive/a.gguf', '/models/other.gguf')
    await expect(take('/models/other.gguf')).rejects.toMatchObject(inUse)
  })

  it('stays if it is a link at the path of another model in use', async () => {
    const { files, take } = await open()
    files.delete(PATH)
    files.put('/srv/real.gguf', digest)
    files.makeLink('/srv/real.gguf', PATH)
    await expect(take(PATH)).rejects.toMatchObject(inUse)
  })

  it('stays if another model in use reaches it by a link that it may follow', async () => {
    const { files, take } = await open({ location: '/hub/a.gguf', linksInto: '/hub' })
    files.put('/hub/blob', digest)
    files.makeLink('/hub/blob', '/hub/a.gguf')
    await expect(take('/hub/blob')).rejects.toMatchObject(inUse)
  })

  it('may be taken if no other model in use has it', async () => {
    const { files, take } = await open()
    files.put('/models/b.gguf', digest)
    await take('/models/b.gguf')
    await take('/models/missing.gguf')
    await take(PATH, 'a')
    const unused = await open({ leases: [] })
    await unused.take(PATH)
  })

  it('stays if its models cannot be examined for another reason than their files', async () => {
    const { files, take } = await open()
    files.put('/models/b.gguf', digest)
    files.readFingerprint = () => {
      throw new TypeError('a fault')
    }
    await expect(take('/models/b.gguf')).rejects.toThrow(TypeError)
  })
})

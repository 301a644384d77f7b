import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { type Catalog, ModelRef, openCatalog } from '../src/index.ts'

const SECRET = 'hunter2'
const SOURCES = [
  `https://bob:${SECRET}@host.example/llama.gguf`,
  `https://${SECRET}@host.example/llama.gguf`,
  `https://host.example/llama.gguf?token=${SECRET}`,
  `https://host.example/llama.gguf#${SECRET}`,
  `hf://bob:${SECRET}@org/repo`,
  `s3://key:${SECRET}@bucket/llama.gguf?X-Amz-Signature=${SECRET}`,
  `oci://bob:${SECRET}@ghcr.io/org/llama`,
  `https://bob:1${SECRET}/@@host.example/llama.gguf`,
  `bob:${SECRET}@host.example/llama.gguf`,
  `https://host.example/llama.gguf;token=${SECRET}`,
  `https://host.example/llama.gguf&X-Amz-Signature=${SECRET}`,
  `https://host.example/llama.gguf%3Ftoken=${SECRET}`,
  `https://host.example/llama.gguf\uFF1Ftoken=${SECRET}`,
]

it.each(SOURCES)('no error and no event has a credential of %s', async (source) => {
  const root = await mkdtemp(join(tmpdir(), 'catalog-credentials-'))
  const told: unknown[] = []
  const tell = (event: unknown): void => void told.push(event)
  const observer = { onOperation: tell, onVerification: tell, onConflict: tell }
  const catalog = await openCatalog({ root, observer, onRecovery: tell })
  try {
    await catalog.register({ id: 'llama', source, digest: 'a'.repeat(64), file: 'x.gguf' })
    await writeFile(join(root, 'x.gguf'), sampleGguf('wrong'))
    for (const use of MISUSES) told.push(await use(catalog, source).catch(describeError))
    expect(told.length).toBeGreaterThan(MISUSES.length)
    expect(JSON.stringify(told)).not.toContain(SECRET)
    expect((await catalog.list({ source }))[0]?.source).toBe(source)
    expect(await catalog.list({ text: SECRET })).toEqual([])
  } finally {
    await catalog.close()
    await rm(root, { recursive: true })
  }
})

/** The source where it belongs, while something else goes wrong, and where it does not belong at all. */
const MISUSES: readonly ((catalog: Catalog, source: string) => Promise<unknown>)[] = [
  (catalog, source) => catalog.register({ id: 'llama', source }),
  (catalog, source) => catalog.register({ id: 'b', source, digest: 'x' }),
  (catalog) => catalog.verify('llama'),
  (catalog) => catalog.setState('llama', 'Active'),
  (catalog, source) => catalog.register({ id: source, source }),
  (catalog, source) => catalog.register({ id: 'b', source, digest: source }),
  (catalog, source) => catalog.register({ id: 'b', source, file: source }),
  (catalog, source) => catalog.register({ id: 'b', source, location: source }),
  (catalog, source) => catalog.get(source),
  (catalog, source) => catalog.modelPath(source),
  (catalog, source) => catalog.verify(source),
  (catalog, source) => catalog.setState(source, 'Active'),
  (catalog, source) => catalog.setState('llama', source as never),
  (catalog, source) => catalog.remove(source),
  (catalog, source) => catalog.history.of(source),
  (catalog, source) => catalog.history.stateAt(source),
  (catalog, source) => catalog.list({ order: 'name', after: source }),
  (catalog, source) =>
    catalog.list({ registeredAt: { from: source }, digest: source, state: source as never }),
  async (_catalog, source) => [ModelRef.parse(source), ModelRef.parse(`${source}\n`)],
  async (_catalog, source) => openCatalog({ node: source }),
]

function describeError(error: Error): unknown {
  return [error.message, String(error.cause), error.stack, JSON.stringify(error)]
}

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sampleGguf, sampleShards } from '@catalog/testkit/models'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openCatalog } from '../src/index.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catalog-facts-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
})

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, name)), { recursive: true })
  writeFileSync(join(root, name), content)
}

describe('the facts of a model on disk', () => {
  it('are those of all shards and of the configuration beside them, and outlive the process', async () => {
    const shards = sampleShards('m', { format: 'safetensors', count: 3 })
    const config = { model_type: 'qwen2', max_position_embeddings: 32_768 }
    const files = new Map<string, string | Uint8Array>([...shards, ['config.json', JSON.stringify(config)]])
    for (const [name, content] of files) write(`m/${name}`, content)
    {
      await using catalog = await openCatalog({ root })
      const manifest = [...files.keys()].map((path) => ({ path }))
      await catalog.register({ id: 'm', source: 'hf:org/m', file: 'm', files: manifest })
      await catalog.verify('m')
    }
    await using catalog = await openCatalog({ root })
    const entry = await catalog.get('m')
    expect(entry?.facts).toMatchObject({
      ...{ format: 'safetensors', architecture: 'qwen2', contextLength: 32_768, tensorCount: 3 },
      ...{ quantisation: 'I8', digest: entry?.digest },
    })
    expect(await catalog.count({ architecture: 'Qwen2', parameters: { min: 1 } })).toBe(1)
  })

  it('are those of the new bytes once these are declared and verified', async () => {
    await using catalog = await openCatalog({ root })
    write('m.gguf', sampleGguf('old', { metadata: { 'general.file_type': 15 } }))
    await catalog.register({ id: 'm', source: 'hf:org/m' })
    expect((await catalog.verify('m')).facts).toMatchObject({ name: 'sample old', quantisation: 'Q4_K_M' })
    write('m.gguf', sampleGguf('new'))
    utimesSync(join(root, 'm.gguf'), 1, 1)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).not.toHaveProperty('facts')
    await catalog.update('m', { digest: null })
    const { facts } = await catalog.verify('m')
    expect(facts).toMatchObject({ name: 'sample new', quantisation: 'I8' })
  })

  it('are absent in a model without a header that is known, which is right all the same', async () => {
    await using catalog = await openCatalog({ root })
    write('m.model', Buffer.alloc(5000, 'weights '))
    await catalog.register({ id: 'm', source: 'hf:org/m', file: 'm.model' })
    const entry = await catalog.verify('m')
    expect(entry.state).toBe('Active')
    expect(entry).not.toHaveProperty('facts')
  })
})

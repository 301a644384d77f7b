import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ggufAllShards } from '@huggingface/gguf'
import { expect, it, onTestFinished } from 'vitest'
import { sampleShards } from './sample-shards.ts'

it('creates GGUF shards that another reader finds one after the other', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sample-shards-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const shards = sampleShards('wren', { format: 'gguf', count: 3, sizeBytes: 2000, name: 'wren-1m' })
  for (const [file, bytes] of shards) writeFileSync(join(directory, file), bytes)
  expect([...shards.keys()]).toEqual([1, 2, 3].map((number) => `wren-1m-0000${number}-of-00003.gguf`))
  const first = join(directory, 'wren-1m-00001-of-00003.gguf')
  const found = await ggufAllShards(first, { allowLocalFile: true })
  expect(found.shards.map(({ metadata }) => metadata)).toMatchObject(
    [0, 1, 2].map((index) => ({ 'split.no': index, 'split.count': 3, 'split.tensors.count': 3 })),
  )
  expect(found.shards.flatMap(({ tensorInfos }) => tensorInfos.map(({ name }) => name))).toEqual(
    [0, 1, 2].map((index) => `blk.${index}.ffn_up.weight`),
  )
})

it('creates safetensors shards and an index of their tensors', () => {
  const files = new Map(sampleShards('wren', { format: 'safetensors', count: 2, sizeBytes: 500 }))
  const index = JSON.parse(files.get('model.safetensors.index.json')?.toString() ?? '')
  files.delete('model.safetensors.index.json')
  const tensors = [...files].flatMap(([file, bytes]) => {
    expect(bytes).toHaveLength(500)
    const { __metadata__: _, ...named } = JSON.parse(bytes.subarray(8, 8 + bytes.readUInt32LE()).toString())
    return Object.entries<{ shape: readonly [number] }>(named).map(([name, { shape }]) => ({
      name,
      file,
      shape,
    }))
  })
  expect([...files.keys()]).toEqual(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'])
  expect(index).toEqual({
    metadata: { total_size: tensors.reduce((sum, { shape: [sizeBytes] }) => sum + sizeBytes, 0) },
    weight_map: Object.fromEntries(tensors.map(({ name, file }) => [name, file])),
  })
})

it('creates equal sets for equal seeds, and no two equal shards', () => {
  const create = (seed: string) => [...sampleShards(seed, { format: 'gguf', count: 5 }).values()].map(String)
  expect(create('a')).toEqual(create('a'))
  expect(new Set([...create('a'), ...create('b')]).size).toBe(10)
})

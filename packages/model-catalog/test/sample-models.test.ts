import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type Damage,
  damageModel,
  sampleGguf,
  sampleSafetensors,
  sampleShards,
} from '@catalog/testkit/models'
import { checkShards, diagnoseFile } from '@catalog/verify'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'

const KIB = 1024
/** The zeros of half a file are found from 4 KiB on. */
const SIZE_BYTES = 20 * KIB

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catalog-samples-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
})

async function findingsOf(name: string, bytes: Uint8Array): Promise<readonly string[]> {
  const path = join(root, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return (await diagnoseFile(path, { scan: 'whole' })).map(({ kind }) => kind)
}

/** What the diagnosis finds. Of GGUF it reads only the magic. */
const FINDINGS: Readonly<Record<Damage, Readonly<Record<'gguf' | 'safetensors', readonly string[]>>>> = {
  empty: { gguf: ['empty'], safetensors: ['empty'] },
  truncated: { gguf: ['truncated-format'], safetensors: ['truncated-format'] },
  'zeroed-tail': { gguf: ['zeros'], safetensors: ['zeros'] },
  zeroed: { gguf: ['wrong-format', 'zeros'], safetensors: ['wrong-format', 'zeros'] },
  'flipped-bit': { gguf: [], safetensors: [] },
  'bad-header': { gguf: ['wrong-format'], safetensors: ['wrong-format'] },
  'html-page': { gguf: ['html-page'], safetensors: ['html-page'] },
  'lfs-pointer': { gguf: ['git-lfs-pointer'], safetensors: ['git-lfs-pointer'] },
}

describe.each([
  ['gguf', sampleGguf],
  ['safetensors', sampleSafetensors],
] as const)('the diagnosis of a %s sample', (format, sample) => {
  it.each([300, KIB, SIZE_BYTES, 3 * KIB * KIB])('finds nothing wrong with %d bytes', async (sizeBytes) => {
    expect(await findingsOf(`model.${format}`, sample('good', { sizeBytes }))).toEqual([])
  })

  it.each(Object.entries(FINDINGS))('finds what is wrong with one that is %s', async (damage, expected) => {
    const bytes = damageModel(sample('damaged', { sizeBytes: SIZE_BYTES }), damage as Damage)
    expect(await findingsOf(`model.${format}`, bytes)).toEqual(expected[format])
  })
})

describe.each(['gguf', 'safetensors'] as const)('the check of %s sample shards', (format) => {
  const shards = sampleShards('sharded', { format, count: 3 })
  const second = `model-00002-of-00003.${format}`

  it('finds a whole set, and nothing wrong with any file of it', async () => {
    for (const [name, bytes] of shards) expect(await findingsOf(name, bytes), name).toEqual([])
    expect(await checkShards(root)).toMatchObject({
      outcome: 'complete',
      indexes: format === 'safetensors' ? [{ path: 'model.safetensors.index.json' }] : [],
    })
  })

  it('finds the shard that is missing', async () => {
    for (const [name, bytes] of shards) if (name !== second) await findingsOf(name, bytes)
    const problems = [{ kind: 'missing-shards', paths: [second] }]
    expect(await checkShards(root)).toMatchObject({
      outcome: 'incomplete',
      sets: [{ problems }],
      indexes: format === 'safetensors' ? [{ problems }] : [],
    })
  })
})

it('an index of sample shards finds that they are cut short', async () => {
  for (const [name, bytes] of sampleShards('cut', { format: 'safetensors', count: 2 })) {
    await findingsOf(name, name.endsWith('.json') ? bytes : damageModel(bytes, 'truncated'))
  }
  const problems = [{ kind: 'total-size' }]
  expect(await checkShards(root)).toMatchObject({ outcome: 'incomplete', indexes: [{ problems }] })
})

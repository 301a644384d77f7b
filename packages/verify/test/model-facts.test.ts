import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sampleShards } from '@catalog/testkit/models'
import { lacks, realFile } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { createFileVerifier, readModelFacts } from '../src/index.ts'
import { toSafetensors, write } from './diagnose-models.ts'
import { createGguf } from './gguf-bytes.ts'
import { createWorkspace } from './workspace.ts'

const LLAMA = {
  'general.architecture': 'llama',
  'general.name': 'Llama 7B',
  'general.license': 'apache-2.0',
  'general.file_type': { uint32: 15 },
  'llama.context_length': { uint32: 4096 },
  'tokenizer.ggml.model': 'gpt2',
  'tokenizer.ggml.tokens': { strings: ['<s>', 'a', 'b'] },
} as const
/** 1,024 weights of Q4_K and 32 of F32. */
const TENSORS = [
  { type: 12, shape: [256, 4], bytes: 4 * 144 },
  { type: 0, shape: [32], bytes: 128 },
]
const FACTS = {
  format: 'gguf',
  architecture: 'llama',
  parameters: 1056,
  quantisation: 'Q4_K_M',
  contextLength: 4096,
  tokenizer: 'gpt2',
  tensorCount: 2,
  licence: 'apache-2.0',
  name: 'Llama 7B',
}

/** Files of one directory, and their paths. */
function writeAll(files: Readonly<Record<string, string | Uint8Array>>): readonly string[] {
  const root = createWorkspace()
  return Object.entries(files).map(([name, content]) => {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  })
}

/** Safetensors of these types and shapes, of two bytes an element. */
function weightsOf(tensors: Readonly<Record<string, readonly number[]>>, metadata?: object): Buffer {
  let end = 0
  const entries = Object.entries(tensors).map(([dtype, shape], index) => {
    const start = end
    end += 2 * shape.reduce((product, length) => product * length, 1)
    return [`t${index}`, { dtype, shape, data_offsets: [start, end] }]
  })
  return toSafetensors({ ...(metadata && { __metadata__: metadata }), ...Object.fromEntries(entries) }, end)
}

describe('the facts of a GGUF file', () => {
  it.each([
    [1, true],
    [2, true],
    [3, true],
    [3, false],
  ] as const)(
    'of version %d, little-endian: %s, are those of its header',
    async (version, isLittleEndian) => {
      const bytes = createGguf({ version, isLittleEndian, metadata: LLAMA, tensors: TENSORS })
      expect(await readModelFacts(write(bytes))).toEqual(FACTS)
    },
  )

  it('do not depend on its name, or on the order of its keys', async () => {
    const metadata = Object.fromEntries(Object.entries(LLAMA).reverse())
    const path = write(createGguf({ metadata, tensors: TENSORS }), 'sha256-ab')
    expect(await readModelFacts(path)).toEqual(FACTS)
  })

  it('name the type of most bytes if it does not say how it was quantised, or in a later way', async () => {
    for (const fileType of [undefined, { uint32: 999 }]) {
      const metadata = { ...(fileType && { 'general.file_type': fileType }) }
      const path = write(createGguf({ metadata, tensors: TENSORS }))
      expect(await readModelFacts(path)).toMatchObject({ quantisation: 'Q4_K' })
    }
  })

  it('are only what it says: nothing is guessed', async () => {
    expect(await readModelFacts(write(createGguf({})))).toEqual({ format: 'gguf', tensorCount: 0 })
    const metadata = { 'general.architecture': 'llama', 'qwen2.context_length': { uint32: 5 } }
    const facts = { format: 'gguf', architecture: 'llama', tensorCount: 0 }
    expect(await readModelFacts(write(createGguf({ metadata })))).toEqual(facts)
  })

  it('are those of the first shard, with the tensors of all', async () => {
    const first = createGguf({ metadata: LLAMA, tensors: TENSORS })
    const second = createGguf({ metadata: { 'split.no': { uint32: 1 } }, tensors: TENSORS })
    const paths = writeAll({ 'm-00002-of-00002.gguf': second, 'm-00001-of-00002.gguf': first })
    expect(await readModelFacts(paths)).toEqual({ ...FACTS, parameters: 2112, tensorCount: 4 })
  })

  it('are those of the model, not of the smaller files beside it', async () => {
    const projector = createGguf({ metadata: { 'general.architecture': 'clip' } })
    const model = createGguf({ metadata: LLAMA, tensors: TENSORS })
    const paths = writeAll({ 'mmproj.gguf': projector, 'README.md': '# Llama', 'model.gguf': model })
    expect(await readModelFacts(paths)).toEqual(FACTS)
  })

  it('are short, and without what would run away with a terminal', async () => {
    const name = `\u001b[2J  Llama\r\n\u202e7B\0${'x'.repeat(5000)}`
    const metadata = {
      'general.name': name,
      'general.license': ' \t ',
      'general.architecture': '\u{1f999}'.repeat(300),
    }
    const facts = await readModelFacts(write(createGguf({ metadata })))
    expect(facts?.name).toMatch(/^\[2J Llama 7B x+$/u)
    expect(facts?.name).toHaveLength(200)
    expect(facts?.architecture).toBe('\u{1f999}'.repeat(100))
    expect(facts).not.toHaveProperty('licence')
  })

  it('are found although tensors end beyond the file, and not in a header that is cut', async () => {
    const bytes = createGguf({ metadata: LLAMA, tensors: TENSORS })
    expect(await readModelFacts(write(bytes.subarray(0, -600)))).toEqual(FACTS)
    expect(await readModelFacts(write(bytes.subarray(0, 300)))).toBeUndefined()
  })

  it.skipIf(lacks('shared-data'))('are found in a real one', async () => {
    expect(await readModelFacts(realFile('ggml-vocab-gpt-2.gguf'))).toEqual({
      ...{ format: 'gguf', architecture: 'gpt2', quantisation: 'F16', contextLength: 1024 },
      ...{ tokenizer: 'gpt2', tensorCount: 0, name: 'gpt-2' },
    })
  })
})

describe('the facts of safetensors', () => {
  it('are counted by shapes, with the type that has the most bytes', async () => {
    const path = write(weightsOf({ F32: [2], BF16: [16, 4] }), 'model.safetensors')
    const facts = { format: 'safetensors', parameters: 66, quantisation: 'BF16', tensorCount: 2 }
    expect(await readModelFacts(path)).toEqual(facts)
  })

  it('are what the metadata says under the keys of a standard', async () => {
    const metadata = { 'modelspec.architecture': 'flux-1-dev', 'modelspec.license': 'MIT', name: 'Flux' }
    const path = write(weightsOf({ F16: [1] }, metadata), 'model.safetensors')
    const stated = { architecture: 'flux-1-dev', licence: 'MIT', name: 'Flux' }
    expect(await readModelFacts(path)).toMatchObject(stated)
  })

  it('are completed by the config.json beside the shards', async () => {
    const shards = sampleShards('a', { format: 'safetensors', count: 2 })
    const config = {
      model_type: 'qwen2',
      architectures: ['Qwen2ForCausalLM'],
      max_position_embeddings: 32768,
    }
    const files = { ...Object.fromEntries(shards), 'config.json': JSON.stringify(config) }
    const facts = await readModelFacts(writeAll(files))
    expect(facts).toMatchObject({ architecture: 'qwen2', contextLength: 32768, tensorCount: 2 })
  })

  it.each([
    ['of the class alone', '{"architectures":["LlamaForCausalLM"]}', { architecture: 'LlamaForCausalLM' }],
    ['of a text model in it', '{"text_config":{"max_position_embeddings":8}}', { contextLength: 8 }],
    ['of other values', '{"model_type":5,"max_position_embeddings":-1}', {}],
    ['that is not JSON', '{"model_type":', {}],
    ['that is endless', `{"model_type":"a","b":"${' '.repeat(1 << 20)}"}`, {}],
    ['of nothing but brackets', '['.repeat(100_000), {}],
  ])('take from a config.json %s what is there', async (_name, config, more) => {
    const paths = writeAll({ 'model.safetensors': weightsOf({ F16: [1] }), 'config.json': config })
    const facts = { format: 'safetensors', parameters: 1, quantisation: 'F16', tensorCount: 1 }
    expect(await readModelFacts(paths)).toEqual({ ...facts, ...more })
  })

  it('do not take the configuration of another component', async () => {
    const config = '{"model_type":"clip"}'
    const weights = weightsOf({ F16: [1] })
    const paths = writeAll({ 'text/config.json': config, 'model.safetensors': weights })
    expect(await readModelFacts(paths)).not.toHaveProperty('architecture')
  })

  it.each([
    ['shapes that are not numbers', { t: { dtype: 'F16', shape: ['a', -1, {}], data_offsets: [0, 0] } }],
    ['types that are not names', { t: { dtype: '\u001b[2J', shape: [], data_offsets: [0, 0] } }],
    [
      'more elements than can be counted',
      { t: { dtype: 'F16', shape: [2 ** 52, 2 ** 52], data_offsets: [] } },
    ],
    ['tensors that are none', { t: 5, u: null, v: [] }],
  ])('have no nonsense from %s', async (_name, header) => {
    const facts = await readModelFacts(write(toSafetensors(header, 0), 'a.safetensors'))
    for (const [key, value] of Object.entries(facts ?? {})) {
      expect(['format', 'parameters', 'quantisation', 'tensorCount']).toContain(key)
      expect(value).not.toBe(0n)
    }
    expect(facts?.parameters ?? 1).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER)
  })
})

describe('readModelFacts', () => {
  it('finds nothing in what is no model', async () => {
    for (const content of ['', 'GGUF', 'text', '{"a":1}', Buffer.alloc(100)])
      expect(await readModelFacts(write(content, 'model.bin'))).toBeUndefined()
    expect(
      await readModelFacts(writeAll({ 'README.md': 'a', 'config.json': '{"model_type":"a"}' })),
    ).toBeUndefined()
  })

  it('rejects as every reading of a file does', async () => {
    const path = write(createGguf({}))
    symlinkSync(path, `${path}.link`)
    await expect(readModelFacts(`${path}.link`)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    expect(await readModelFacts(`${path}.link`, { followSymlink: true })).toMatchObject({ format: 'gguf' })
    await expect(readModelFacts(`${path}.none`)).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(readModelFacts('')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(readModelFacts([])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(readModelFacts([path, '\0'])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    const reason = new Error('enough')
    await expect(readModelFacts(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('is of the file that was seen, as a verifier has it', async () => {
    await using verifier = toDisposable(createFileVerifier())
    const path = write(createGguf({ metadata: LLAMA, tensors: TENSORS }))
    const seen = { path, fingerprint: await verifier.statFile(path) }
    expect(await verifier.readFacts([seen])).toEqual(FACTS)
    writeFileSync(path, createGguf({ metadata: LLAMA }))
    await expect(verifier.readFacts([seen])).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })
})

function toDisposable<Closed extends { close(): Promise<void> }>(open: Closed): Closed & AsyncDisposable {
  return Object.assign(open, { [Symbol.asyncDispose]: () => open.close() })
}

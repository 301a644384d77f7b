import { truncateSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import {
  type Damage,
  damageModel,
  sampleGguf,
  sampleGgufHead,
  sampleSafetensors,
} from '@catalog/testkit/models'
import { lacks, realFile } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { createFileVerifier } from '../src/index.ts'
import { LFS_PAGE, MIB, write, zipOf } from './diagnose-models.ts'

const verifier = createFileVerifier()

/** The kinds of what is found in a file of this content, by its own name or another. */
async function lookAt(
  content: string | Uint8Array,
  name = 'model.gguf',
  isPart = false,
): Promise<readonly string[]> {
  const path = write(content, name)
  const { refusals } = await verifier.takeFirstLook(path, { name, isPart })
  return refusals.map(({ kind }) => kind)
}

const HTML = '<!DOCTYPE html><html><head><title>Sign in</title></head></html>'
const JSON_ERROR = '{"error":"Repository not found"}'
const XML_ERROR = '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'

describe('the first look refuses', () => {
  it.each<[Damage, string]>([
    ['empty', 'empty'],
    ['zeroed', 'zeros'],
    ['html-page', 'html-page'],
    ['lfs-pointer', 'git-lfs-pointer'],
    ['truncated', 'truncated-format'],
  ])('a model file that is %s', async (damage, kind) => {
    expect(await lookAt(damageModel(sampleSafetensors('m'), damage), 'm.safetensors')).toEqual([kind])
  })

  it.each([
    ['an HTML page', HTML, 'model.bin', 'html-page'],
    ['an HTML page in place of a configuration', HTML, 'config.json', 'html-page'],
    ['JSON in place of weights', JSON_ERROR, 'model.bin', 'json-page'],
    ['an XML page in place of weights', XML_ERROR, 'model.onnx', 'xml-page'],
    ['an XML page under a name that says nothing', XML_ERROR, 'model', 'xml-page'],
    ['a short text in place of weights', 'Entry not found', 'pytorch_model.bin', 'text-page'],
    ['a pointer of git-lfs', LFS_PAGE, 'tokenizer.json', 'git-lfs-pointer'],
    ['a packed model', gzipSync('GGUF'), 'model.gguf', 'compressed'],
    ['the name of a partial download', 'whatever', 'model.bin.part', 'partial-name'],
    ['the name of a partial blob', sampleGguf('m'), `sha256-${'a'.repeat(64)}-partial`, 'partial-name'],
    ['the name of a download of a browser', sampleGguf('m'), 'model.gguf.crdownload', 'partial-name'],
  ])('%s', async (_name, content, name, kind) => {
    expect(await lookAt(content, name)).toEqual([kind])
  })

  it('a file of zeros that is not read in one piece', async () => {
    expect(await lookAt(Buffer.alloc(3 * MIB), 'model.bin')).toEqual(['zeros'])
  })

  it('a tail of zeros that was never written', async () => {
    const path = write(sampleGgufHead('m', { sizeBytes: 8 * MIB }))
    truncateSync(path, 8 * MIB)
    const { refusals, notes } = await verifier.takeFirstLook(path, { name: 'model.gguf', isPart: false })
    expect(refusals).toEqual([{ kind: 'zeros', text: expect.stringContaining('zeros') }])
    expect(notes).toEqual([])
  })

  it('an empty file among others only if its name promises weights', async () => {
    expect(await lookAt('', 'a.safetensors', true)).toEqual(['empty'])
    expect(await lookAt('', '__init__.py', true)).toEqual([])
    expect(await lookAt('', 'notes.txt', false)).toEqual(['empty'])
  })

  it('by the name that the model gives the file, not by that of a partial file', async () => {
    const path = write(HTML, 'x.partial')
    const look = { name: 'model.gguf', isPart: false }
    expect(await verifier.takeFirstLook(path, look)).toMatchObject({ refusals: [{ kind: 'html-page' }] })
    writeFileSync(path, sampleGguf('m'))
    expect(await verifier.takeFirstLook(path, look)).toEqual({ refusals: [], notes: [] })
  })
})

it('the first look notes a tail of zeros that was written', async () => {
  const path = write(
    damageModel(sampleSafetensors('m', { sizeBytes: 40_000 }), 'zeroed-tail'),
    'l.safetensors',
  )
  const text = expect.stringMatching(/^the last \d+ bytes are zeros$/u)
  const found = await verifier.takeFirstLook(path, { name: 'l.safetensors', isPart: false })
  expect(found).toEqual({ refusals: [], notes: [{ kind: 'zeros', text }] })
})

describe('the first look lets pass', () => {
  it.each([
    ['a GGUF file', sampleGguf('m'), 'model.gguf'],
    ['a safetensors file', sampleSafetensors('m'), 'model.safetensors'],
    ['weights that end in zeros', damageModel(sampleSafetensors('m'), 'zeroed-tail'), 'lora.safetensors'],
    ['a configuration', '{"model_type":"llama"}', 'config.json'],
    ['a tokenizer', '{"version":"1.0"}', 'tokenizer.json'],
    ['a tokenizer without an extension', '{"version":"1.0"}', 'tokenizer'],
    ['a page registered as such', HTML, 'README.html'],
    ['a document of another XML', '<?xml version="1.0"?><PMML version="4.4"/>', 'model.pmml'],
    ['a list of merges', '#version: 0.2\nĠ t\n', 'merges.txt'],
    ['an archive of PyTorch', zipOf('archive/data.pkl'), 'model.pt'],
    ['a pickle', Uint8Array.of(0x80, 2, 0x7d, 0x71, 0, 0x2e), 'model.pkl'],
    ['a checkpoint', Uint8Array.of(0x80, 2, 0x7d, 0x71, 0, 0x2e), 'pytorch_model.bin'],
    ['an ONNX model', Uint8Array.of(0x08, 0x07, 0x12, 0x02, 0x70, 0x74), 'model.onnx'],
    ['a part of a GGUF file', sampleGguf('m'), 'model.gguf.part1of2'],
  ])('%s', async (_name, content, name) => {
    expect(await lookAt(content, name)).toEqual([])
  })

  it.skipIf(lacks('shared-data')).each(['candle-jfk-codes.safetensors', 'ggml-vocab-gpt-2.gguf'])(
    'the real file %s',
    async (name) => {
      const found = await verifier.takeFirstLook(realFile(name), { name, isPart: false })
      expect(found).toMatchObject({ refusals: [] })
    },
  )
})

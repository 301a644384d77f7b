import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readModelFacts } from '@catalog/verify'
import { gguf } from '@huggingface/gguf'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'

const TOKENS = 100_000
const TENSORS = 300
/** Elements and bytes of a tensor of Q4_K. */
const ELEMENTS = 4096
const TENSOR_BYTES = (ELEMENTS / 256) * 144
const ALIGNMENT_BYTES = 32

/** The facts of a GGUF file of a large vocabulary, against the library that reads the whole header. */
export async function measureFacts({ rounds, workspace }: Settings): Promise<Results> {
  const directory = workspace.newPath('facts')
  mkdirSync(directory)
  const path = join(directory, 'model.gguf')
  writeFileSync(path, createGguf())
  const samples = await measureInRounds(rounds, {
    ours: () => timeMs(async () => assertCount((await readModelFacts(path))?.parameters)),
    library: () =>
      timeMs(async () => {
        const { tensorInfos } = await gguf(path, { allowLocalFile: true })
        assertCount(tensorInfos.reduce((sum, { shape }) => sum + Number(shape[0]), 0))
      }),
  })
  rmSync(directory, { recursive: true })
  return [
    {
      name: `facts of a GGUF file, ${TOKENS} tokens, ${TENSORS} tensors`,
      unit: 'ms',
      ours: samples.median('ours'),
      other: { name: '@huggingface/gguf', value: samples.median('library') },
      ratio: samples.ratio('ours', 'library'),
      target: { is: 'at most', value: 0.2 },
    },
  ]
}

function assertCount(parameters: number | undefined): void {
  if (parameters !== TENSORS * ELEMENTS) throw new Error(`${parameters} parameters were read`)
}

/** Version 3, with tokens and merges. */
function createGguf(): Buffer {
  const tokens = Array.from({ length: TOKENS }, (_, index) => `token${(index * 104_729).toString(36)}`)
  const merges = tokens.map((token, index) => `${token} ${index.toString(36)}`)
  const pairs = [
    Buffer.concat([text('general.architecture'), uint32(8), text('llama')]),
    Buffer.concat([text('tokenizer.ggml.tokens'), list(tokens)]),
    Buffer.concat([text('tokenizer.ggml.merges'), list(merges)]),
  ]
  const tensors = Array.from({ length: TENSORS }, (_, index) =>
    Buffer.concat([
      ...[text(`blk.${index}.ffn_up.weight`), uint32(1), uint64(ELEMENTS)],
      ...[uint32(12), uint64(index * TENSOR_BYTES)],
    ]),
  )
  const counts = [uint32(3), uint64(TENSORS), uint64(pairs.length)]
  const head = Buffer.concat([Buffer.from('GGUF'), ...counts, ...pairs, ...tensors])
  const padding = (ALIGNMENT_BYTES - (head.length % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES
  return Buffer.concat([head, Buffer.alloc(padding + TENSORS * TENSOR_BYTES, 7)])
}

function list(texts: readonly string[]): Buffer {
  return Buffer.concat([uint32(9), uint32(8), uint64(texts.length), ...texts.map(text)])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint64(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

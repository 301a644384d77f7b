import { readFileSync, rmSync } from 'node:fs'
import { createVerifier } from '@catalog/verify'
import { createSHA256 } from 'hash-wasm'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import { makeFiles } from './files.ts'

const PIECE_BYTES = 1 << 18

/** Reading and checking a file with hash-wasm, against hash-wasm on the same bytes in memory. */
export async function measureWasm({ rounds, isQuick, workspace }: Settings): Promise<Results> {
  const sizeMiB = isQuick ? 32 : 128
  const directory = workspace.newPath('wasm')
  const [path = ''] = makeFiles(directory, 1, sizeMiB << 20)
  const bytes = readFileSync(path)
  await using verifier = createVerifier({ engine: 'wasm' })
  const samples = await measureInRounds(rounds, {
    ours: async () => sizeMiB / ((await timeMs(() => verifier.digestFile(path))) / 1000),
    bare: async () => sizeMiB / ((await timeMs(() => digestInMemory(bytes))) / 1000),
  })
  rmSync(directory, { recursive: true })
  return [
    {
      name: `one file of ${sizeMiB} MiB, engine wasm`,
      unit: 'MiB/s',
      ours: samples.median('ours'),
      other: { name: 'hash-wasm in memory', value: samples.median('bare') },
      ratio: samples.ratio('ours', 'bare'),
      target: { is: 'at least', value: 0.95 },
    },
  ]
}

async function digestInMemory(bytes: Uint8Array): Promise<string> {
  const hasher = await createSHA256()
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    hasher.update(bytes.subarray(start, start + PIECE_BYTES))
  }
  return hasher.digest()
}

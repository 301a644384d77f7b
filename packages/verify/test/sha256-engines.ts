import { createNativeSha256 } from '../src/hashing/native-sha256.ts'
import type { ResumableSha256, Sha256 } from '../src/hashing/sha256.ts'
import { createSha256 } from '../src/hashing/wasm-sha256.ts'

export const ENGINES: readonly (readonly [name: string, create: () => Promise<Sha256>])[] = [
  ['native', async () => createNativeSha256()],
  ['wasm', createSha256],
]

export function digestPieces(sha256: Sha256, pieces: readonly Uint8Array[]): string {
  for (const piece of pieces) sha256.update(piece)
  return sha256.digest()
}

/** Of NIST's CAVS `SHA256Monte.rsp`: the seed, and its digests by how many rounds of a thousand steps give them. */
export const MONTE_CARLO = {
  seed: '6d1e72ad03ddeb5de891e572e2396f8da015d899ef0e79503152d6010a3fe691',
  digests: {
    1: 'e93c330ae5447738c8aa85d71a6c80f2a58381d05872d26bdd39f1fcd4f2b788',
    100: '6a912ba4188391a78e6f13d88ed2d14e13afce9db6f7dcbf4a48c24f3db02778',
  },
} as const

/** The digest after so many rounds of a thousand digests of digests. */
export async function playMonteCarlo(create: () => Promise<Sha256>, rounds: number): Promise<string> {
  const next = await createRepeatedly(create)
  let seed: Uint8Array = Buffer.from(MONTE_CARLO.seed, 'hex')
  for (let round = 0; round < rounds; round++) {
    let last = [seed, seed, seed]
    for (let step = 0; step < 1000; step++) {
      last = [...last.slice(1), Buffer.from(digestPieces(next(), last), 'hex')]
    }
    seed = last[2] ?? seed
  }
  return Buffer.from(seed).toString('hex')
}

/** To start WebAssembly a hundred thousand times takes longer than all that is to be digested. */
async function createRepeatedly(create: () => Promise<Sha256>): Promise<() => Sha256> {
  const first = await create()
  if (!('load' in first)) return createNativeSha256
  const resumable = first as ResumableSha256
  const nothing = resumable.save()
  return () => {
    resumable.load(nothing)
    return resumable
  }
}

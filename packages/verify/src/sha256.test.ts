import { CatalogError } from '@catalog/types'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNativeSha256 } from './native-sha256.ts'
import type { ResumableSha256, Sha256 } from './sha256.ts'
import { createSha256 } from './wasm-sha256.ts'

// FIPS 180-4 examples, and the two of NIST's CAVS set that have no bytes and a million of them.
const VECTORS: readonly (readonly [name: string, text: string, digest: string])[] = [
  ['nothing', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['one block', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'two blocks',
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'two full blocks',
    'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ],
  [
    'a million letters',
    'a'.repeat(1_000_000),
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  ],
]

/** The seed and the hundredth digest of NIST's CAVS `SHA256Monte.rsp`. */
const MONTE_CARLO = {
  seed: '6d1e72ad03ddeb5de891e572e2396f8da015d899ef0e79503152d6010a3fe691',
  digest: '6a912ba4188391a78e6f13d88ed2d14e13afce9db6f7dcbf4a48c24f3db02778',
}
/** By `head -c 545M /dev/zero | sha256sum`. */
const ZEROS_545_MIB = 'fb2c3665d6db045ab59c69a1431086e25869bc9c79f7428da6de647d3c1c7033'

const ENGINES: readonly (readonly [name: string, create: () => Promise<Sha256>])[] = [
  ['native', async () => createNativeSha256()],
  ['wasm', createSha256],
]

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

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function digestOf(sha256: Sha256, pieces: readonly Uint8Array[]): string {
  for (const piece of pieces) sha256.update(piece)
  return sha256.digest()
}

describe.each(ENGINES)('sha-256, %s', (_name, create) => {
  it.each(VECTORS)('digests %s', async (_title, text, digest) => {
    expect(digestOf(await create(), [bytesOf(text)])).toBe(digest)
  })

  it('agrees with NIST after a hundred thousand digests of digests', async () => {
    const next = await createRepeatedly(create)
    let seed: Uint8Array = Buffer.from(MONTE_CARLO.seed, 'hex')
    for (let round = 0; round < 100; round++) {
      let last = [seed, seed, seed]
      for (let step = 0; step < 1000; step++) {
        last = [...last.slice(1), Buffer.from(digestOf(next(), last), 'hex')]
      }
      seed = last[2] ?? seed
    }
    expect(Buffer.from(seed).toString('hex')).toBe(MONTE_CARLO.digest)
  })

  it('counts more than 2³² bits', { timeout: 120_000 }, async () => {
    const piece = new Uint8Array(1 << 20)
    const pieces = Array.from({ length: 545 }, () => piece)
    expect(digestOf(await create(), pieces)).toBe(ZEROS_545_MIB)
  })

  it('is closed once its digest was taken', async () => {
    const sha256 = await create()
    sha256.digest()
    expect(() => sha256.digest()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
    expect(() => sha256.update(bytesOf('abc'))).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })

  it.each([['text'], [undefined], [[1, 2]], [new Uint16Array(2)]])('refuses %s as bytes', async (value) => {
    const sha256 = await create()
    expect(() => sha256.update(value as never)).toThrow(CatalogError)
    expect(() => sha256.update(value as never)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})

describe('both engines', () => {
  it('agree on every length around the block size', async () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, index) => (index * 7) % 256)
    for (let length = 0; length <= bytes.length; length++) {
      const piece = bytes.subarray(0, length)
      expect(digestOf(await createSha256(), [piece])).toBe(digestOf(createNativeSha256(), [piece]))
    }
  })

  it('agree however the bytes are cut', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(pieces, async (list) => {
        const whole = new Uint8Array(list.flatMap((piece) => [...piece]))
        const digest = digestOf(createNativeSha256(), [whole])
        expect(digestOf(createNativeSha256(), list)).toBe(digest)
        expect(digestOf(await createSha256(), list)).toBe(digest)
      }),
    )
  })
})

import { CatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { digestPieces, ENGINES, MONTE_CARLO, playMonteCarlo } from '../../test/sha256-engines.ts'
import { createNativeSha256 } from './native-sha256.ts'
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

/** What hash-wasm saved after 511 MiB of zeros, and the digest of two more (`head -c 513M /dev/zero | sha256sum`). */
const ZEROS_511_MIB =
  'jtaVowAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPAfAAAAADTe9G950tNaHcloj7qRwqJd1104khuv/4OCnaULyVavIAAAAAAAAAA='
const ZEROS_513_MIB = 'a3e2acbb469e4e59dde406f912e754c933c1ac0fb0092a3634d61d5073309c0c'

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

describe.each(ENGINES)('sha-256, %s', (_name, create) => {
  it.each(VECTORS)('digests %s', async (_title, text, digest) => {
    expect(digestPieces(await create(), [bytesOf(text)])).toBe(digest)
  })

  it('agrees with NIST after a thousand digests of digests', async () => {
    expect(await playMonteCarlo(create, 1)).toBe(MONTE_CARLO.digests[1])
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
      expect(digestPieces(await createSha256(), [piece])).toBe(digestPieces(createNativeSha256(), [piece]))
    }
  })
})

// From its start it takes seconds: see sha256.deep.test.ts.
it('a saved state counts more than 2³² bits', async () => {
  const sha256 = await createSha256()
  sha256.load(Buffer.from(ZEROS_511_MIB, 'base64'))
  const piece = new Uint8Array(1 << 20)
  expect(digestPieces(sha256, [piece, piece])).toBe(ZEROS_513_MIB)
})

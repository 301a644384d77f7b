import { isCatalogError } from '@catalog/types'
import { createSHA224 } from 'hash-wasm'
import { describe, expect, it } from 'vitest'
import { createNativeSha256 } from './native-sha256.ts'
import { createSha256 } from './wasm-sha256.ts'

const MESSAGE = Uint8Array.from({ length: 200 }, (_, index) => 1 + (index % 250))

function nativeDigest(bytes: Uint8Array): string {
  const sha256 = createNativeSha256()
  sha256.update(bytes)
  return sha256.digest()
}

async function stateAfter(...pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  const sha256 = await createSha256()
  for (const piece of pieces) sha256.update(piece)
  return sha256.save()
}

describe('a saved state', () => {
  it('goes on from every cut of a message', async () => {
    const resumed = await createSha256()
    for (let cut = 0; cut <= MESSAGE.length; cut++) {
      resumed.load(await stateAfter(MESSAGE.subarray(0, cut)))
      resumed.update(MESSAGE.subarray(cut))
      expect(resumed.digest()).toBe(nativeDigest(MESSAGE))
    }
  })

  it('leaves the instance it was taken from as it was', async () => {
    const sha256 = await createSha256()
    sha256.update(MESSAGE.subarray(0, 70))
    sha256.save().fill(255)
    sha256.update(MESSAGE.subarray(70))
    expect(sha256.digest()).toBe(nativeDigest(MESSAGE))
  })

  it('is not touched by the instance it was loaded into', async () => {
    const state = await stateAfter(MESSAGE)
    const copy = state.slice()
    const sha256 = await createSha256()
    sha256.load(state)
    sha256.update(MESSAGE)
    expect(state).toEqual(copy)
  })

  it('has 116 bytes and in clear only the unfinished block', async () => {
    const pieces = [MESSAGE.subarray(0, 60), MESSAGE.subarray(60, 70)]
    const state = await stateAfter(...pieces)
    expect(state).toHaveLength(116)
    expect([...state.subarray(4, 68)]).toEqual([...MESSAGE.subarray(64, 70), ...new Uint8Array(58)])
  })

  it('cannot be taken after the digest', async () => {
    const sha256 = await createSha256()
    sha256.digest()
    expect(() => sha256.save()).toThrow(expect.objectContaining({ code: 'CLOSED' }))
  })
})

describe('a state that does not fit', () => {
  async function expectRefused(state: unknown): Promise<void> {
    const sha256 = await createSha256()
    sha256.update(MESSAGE)
    try {
      sha256.load(state as never)
    } catch (error) {
      expect(isCatalogError(error, 'INVALID_INPUT') && error.details.problems[0]?.field).toBe('state')
      expect(sha256.digest()).toBe(nativeDigest(MESSAGE))
      return
    }
    expect.unreachable('the state was accepted')
  }

  it.each([
    ['nothing', undefined],
    ['text', 'state'],
    ['no bytes', new Uint8Array(0)],
    ['zeros', new Uint8Array(116)],
  ])('is refused: %s', async (_name, state) => {
    await expectRefused(state)
  })

  it('is refused: one byte short, one byte long, another build', async () => {
    const state = await stateAfter(MESSAGE)
    await expectRefused(state.subarray(0, 115))
    await expectRefused(new Uint8Array([...state, 0]))
    await expectRefused(state.with(0, (state[0] ?? 0) ^ 1))
  })

  it('is refused: the state of a sha-224', async () => {
    const sha224 = await createSHA224()
    await expectRefused(sha224.update(MESSAGE).save())
  })
})

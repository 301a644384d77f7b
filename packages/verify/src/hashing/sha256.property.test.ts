import { scaleRuns } from '@catalog/testkit/running'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { digestPieces } from '../../test/sha256-engines.ts'
import { createNativeSha256 } from './native-sha256.ts'
import { createSha256 } from './wasm-sha256.ts'

it('both engines agree however the bytes are cut', async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(pieces, async (list) => {
      const whole = new Uint8Array(list.flatMap((piece) => [...piece]))
      const digest = digestPieces(createNativeSha256(), [whole])
      expect(digestPieces(createNativeSha256(), list)).toBe(digest)
      expect(digestPieces(await createSha256(), list)).toBe(digest)
    }),
    { numRuns: scaleRuns(50) },
  )
})

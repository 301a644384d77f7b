import { describe, expect, it } from 'vitest'
import { digestPieces, ENGINES, MONTE_CARLO, playMonteCarlo } from '../../test/sha256-engines.ts'

/** By `head -c 545M /dev/zero | sha256sum`. */
const ZEROS_545_MIB = 'fb2c3665d6db045ab59c69a1431086e25869bc9c79f7428da6de647d3c1c7033'

describe.each(ENGINES)('sha-256, %s', (_name, create) => {
  it('agrees with NIST after a hundred thousand digests of digests', async () => {
    expect(await playMonteCarlo(create, 100)).toBe(MONTE_CARLO.digests[100])
  })

  it('counts more than 2³² bits', async () => {
    const piece = new Uint8Array(1 << 20)
    const pieces = Array.from({ length: 545 }, () => piece)
    expect(digestPieces(await create(), pieces)).toBe(ZEROS_545_MIB)
  })
})

import { lacks } from '@catalog/testkit/running'
import { describe, it } from 'vitest'
import { expectBegun } from './begun-file.ts'

const MIB = 1024 * 1024

describe.skipIf(lacks('proc'))('a file of 400 GB', () => {
  it('is begun at once, reported, given up in the middle and never held, native', async () => {
    await expectBegun('native', 1024 * MIB)
  })

  it('is begun at once, reported, given up in the middle and never held, wasm', async () => {
    await expectBegun('wasm', 256 * MIB)
  })
})

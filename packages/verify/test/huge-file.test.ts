import { lacks } from '@catalog/testkit/running'
import { describe, it } from 'vitest'
import { expectBegun } from './begun-file.ts'

const MIB = 1024 * 1024

// More than a program may grow by. huge-file.deep.test.ts reads further.
describe.skipIf(lacks('proc'))('a file of 400 GB', () => {
  it('is begun at once, reported, given up and never held, native', async () => {
    await expectBegun('native', 64 * MIB)
  })

  it('is begun at once, reported, given up and never held, wasm', async () => {
    await expectBegun('wasm', 32 * MIB)
  })
})

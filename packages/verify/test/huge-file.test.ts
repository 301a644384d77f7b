import { lacks } from '@catalog/testkit/running'
import { it } from 'vitest'
import { expectBegun } from './begun-file.ts'

// More than a program may grow by. huge-file.deep.test.ts reads further, and by wasm too.
it.skipIf(lacks('proc'))('a file of 400 GB is begun at once, reported, given up and never held', async () => {
  await expectBegun('native', 64 * 1024 * 1024)
})

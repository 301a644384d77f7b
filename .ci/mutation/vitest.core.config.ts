import type { ViteUserConfig } from 'vitest/config'
import { defineMutationTests } from './define-tests.ts'

const config: ViteUserConfig = defineMutationTests({
  include: ['packages/core/{src,test}/**/*.test.ts'],
  // It reads the source, which is another one here.
  exclude: ['**/evidence-writers.test.ts'],
  hangMs: 20_000,
})

export default config

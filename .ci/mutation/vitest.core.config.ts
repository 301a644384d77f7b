import type { ViteUserConfig } from 'vitest/config'
import { defineMutationTests } from './define-tests.ts'

const config: ViteUserConfig = defineMutationTests({
  include: ['packages/core/{src,test}/**/*.test.ts'],
  // What is random takes too long, and one test reads the source, which is another one here.
  exclude: ['**/*.property.test.ts', '**/evidence-writers.test.ts'],
  hangMs: 20_000,
})

export default config

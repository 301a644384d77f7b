import type { ViteUserConfig } from 'vitest/config'
import { defineTests } from './vitest.config.ts'

const [major] = process.versions.node.split('.')

/** What `pnpm test:deep` runs on the other versions of Node.js: unit tests, and the suites that every adapter passes. */
const config: ViteUserConfig = defineTests({
  include: ['src/**/*.test.ts', 'test/**/conformance*.test.ts', 'test/**/*-conformance.test.ts'],
  exclude: ['**/*.deep.test.ts'],
  report: `reports/vitest-node${major}.json`,
  seed: '1',
  runs: '1',
  workers: '1',
})

export default config

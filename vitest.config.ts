import { defineConfig, type ViteUserConfig } from 'vitest/config'

const conditions = ['@catalog/source', 'module', 'node', 'development|production']
/** Ends a test that hangs. No test comes near it, also on a machine that is ten times slower. */
const HANG_MS = 300_000

export interface TestRun {
  /** Below each package and app. */
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  /** The JSON report that `.ci` reads. */
  readonly report: string
  /** What the random choices begin from; see `seedOfRun` and `scaleRuns` in the testkit. */
  readonly seed: string
  readonly runs: string
  /** Of the processors; default 100 %. */
  readonly workers?: string
}

/** The tests of all packages, from their sources. */
export function defineTests({
  include,
  exclude = [],
  report,
  seed,
  runs,
  workers = '100%',
}: TestRun): ViteUserConfig {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: include.map((pattern) => `{packages,apps}/*/${pattern}`),
      exclude: ['**/node_modules/**', ...exclude],
      reporters: ['default', ['json', { outputFile: report }]],
      globalSetup: ['.ci/vitest-stage.ts'],
      setupFiles: ['.ci/vitest-properties.ts'],
      // A worker loads each module once, not anew for each file.
      isolate: false,
      maxWorkers: workers,
      restoreMocks: true,
      env: { SEED: process.env['SEED'] ?? seed, CATALOG_RUNS: process.env['CATALOG_RUNS'] ?? runs },
      testTimeout: HANG_MS,
      hookTimeout: HANG_MS,
    },
  })
}

const config: ViteUserConfig = defineTests({
  include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
  exclude: ['**/*.deep.test.ts'],
  report: 'reports/vitest.json',
  seed: '1',
  runs: '1',
})

export default config

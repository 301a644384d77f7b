import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const conditions = ['@catalog/source', 'module', 'node', 'development|production']
const members = [
  'packages/types',
  'packages/verify',
  'packages/store-fs',
  'packages/core',
  'packages/testkit',
  'packages/model-catalog',
  'apps/catalog-cli',
]

/** Ends a test that hangs. No test comes near it, also on a machine that is ten times slower. */
const HANG_MS = 300_000

export interface TestRun {
  /** Below each package. */
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  /** The JSON report that `.ci` reads. */
  readonly report: string
  /** What the random choices begin from; see `seedOfRun` and `scaleRuns` in the testkit. */
  readonly seed: string
  readonly runs: string
}

/** The tests of all packages, from their sources. */
export function defineTests({ include, exclude = [], report, seed, runs }: TestRun): ViteUserConfig {
  return defineConfig({
    test: {
      // Vitest leaves one processor to itself, of which it needs little.
      maxWorkers: '100%',
      reporters: ['default', ['json', { outputFile: report }]],
      projects: members.map((root) => ({
        root,
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: root.split('/').at(-1) ?? root,
          include: [...include],
          exclude: [...exclude],
          globalSetup: [fileURLToPath(new URL('.ci/vitest-stage.ts', import.meta.url))],
          setupFiles: [fileURLToPath(new URL('.ci/vitest-properties.ts', import.meta.url))],
          // A worker loads the packages once, not anew for each file.
          isolate: false,
          restoreMocks: true,
          env: { SEED: process.env['SEED'] ?? seed, CATALOG_RUNS: process.env['CATALOG_RUNS'] ?? runs },
          testTimeout: HANG_MS,
          hookTimeout: HANG_MS,
        },
      })),
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

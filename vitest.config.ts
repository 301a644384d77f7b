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

const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
    projects: members.map((root) => ({
      root,
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        name: root.split('/').at(-1) ?? root,
        include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
        globalSetup: [new URL('.ci/vitest-stage.ts', import.meta.url).pathname],
        testTimeout: 30_000,
        hookTimeout: 30_000,
      },
    })),
  },
})

export default config

import type { ViteUserConfig } from 'vitest/config'
import { defineTests } from '../../vitest.config.ts'
import { QuickFirst } from './quick-first.ts'
import { warmWorker } from './warm-worker.ts'

interface Selection {
  readonly include: readonly string[]
  /** Beside the deep ones, which cost too much for each mutant. */
  readonly exclude: readonly string[]
  /** A mutant that waits for ever fails by this; no test comes near it, also on a busy machine. */
  readonly hangMs: number
}

/** The tests that try the mutants of a package. */
export function defineMutationTests({ include, exclude, hangMs }: Selection): ViteUserConfig {
  const base = defineTests({ include: [], report: '', seed: '1', runs: '0.1' })
  return {
    ...base,
    plugins: [warmWorker],
    test: {
      ...base.test,
      include: [...include],
      exclude: ['**/node_modules/**', '**/*.deep.test.ts', ...exclude],
      reporters: [],
      sequence: { sequencer: QuickFirst },
      testTimeout: hangMs,
      hookTimeout: hangMs,
    },
  }
}

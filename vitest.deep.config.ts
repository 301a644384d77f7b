import type { ViteUserConfig } from 'vitest/config'
import { defineTests } from './vitest.config.ts'

const seed = String(Math.floor(Math.random() * 2 ** 31))
console.log(`SEED=${process.env['SEED'] ?? seed} repeats the random choices of this run.`)

/** What is slow, and what is random: ten times as often as in `pnpm test`, and other choices each time. */
const config: ViteUserConfig = defineTests({
  include: ['{src,test}/**/*.{deep,property}.test.ts'],
  report: 'reports/vitest-deep.json',
  seed,
  runs: '10',
  // The longest ones wait for disks and clocks half of their time.
  workers: '150%',
})

export default config

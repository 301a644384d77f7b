// `pnpm test:mutation [core|store-fs] [room …]`: changes the source in small ways, one at a time, and runs the tests that
// reach the place. A change that no test notices (a survivor) shows what the tests do not hold. What was tried before,
// and whose source and tests are the same, is not tried again. `--print` only prints what was found.
import { existsSync, readFileSync } from 'node:fs'
import { Stryker } from '@stryker-mutator/core'
import { type MutationReport, printReport } from './report.ts'
import { TARGETS } from './targets.ts'

/** The files that put the rooms together. */
const ROOT = '.'
const REPORTS = 'reports/mutation'
const isSampled = process.env['MUTATION_SAMPLE'] !== undefined
const words = process.argv.slice(2)
const [wantedName, ...chosen] = words.filter((word) => !word.startsWith('--'))

for (const [name, target] of Object.entries(TARGETS)) {
  if (wantedName !== undefined && wantedName !== name) continue
  const file = `${REPORTS}/${name}${isSampled ? '-sample' : ''}.json`
  if (!words.includes('--print')) {
    const rooms = chosen.length === 0 ? target.rooms : chosen
    const sources = rooms.map((room) => `${target.source}/${room === ROOT ? '*.ts' : `${room}/**/*.ts`}`)
    // Stryker writes what it found at the end of a run: the next start goes on after the last whole room.
    for (const run of isSampled ? [sources] : sources.map((source) => [source])) await mutate(name, run, file)
  }
  if (!existsSync(file)) continue
  const report: MutationReport = JSON.parse(readFileSync(file, 'utf8'))
  const { score } = printReport(target, report, chosen)
  if (score < target.wanted) process.exitCode = 1
}

async function mutate(name: string, sources: readonly string[], incrementalFile: string): Promise<void> {
  const stryker = new Stryker({
    mutate: [...sources, '!**/*.test.ts'],
    packageManager: 'pnpm',
    plugins: ['@stryker-mutator/vitest-runner', './.ci/mutation/plugins.mjs'],
    ignorers: ['prose', 'sample'],
    testRunner: 'vitest',
    vitest: { configFile: `.ci/mutation/vitest.${name}.config.ts`, related: false },
    coverageAnalysis: 'perTest',
    // The modules stay loaded, so what runs when they load cannot be switched.
    ignoreStatic: true,
    ignorePatterns: ['apps', 'site', 'reports', 'dist', '.changeset', 'packages/*/api', 'packages/*/dist'],
    tempDirName: `${REPORTS}/sandbox-${name}`,
    incremental: true,
    incrementalFile,
    reporters: ['progress-append-only', 'survivors'],
    concurrency: Number(process.env['CONCURRENCY'] ?? '1'),
    timeoutMS: 10_000,
    // The first run of all tests takes minutes: half of it again for each change that never ends would take a night.
    timeoutFactor: 0.1,
    disableTypeChecks: false,
    allowConsoleColors: false,
  })
  await stryker.runMutationTest()
}

// `pnpm test` and, with --deep, `pnpm test:deep`. Everything runs, whatever failed before it; the last line counts all.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { countOutcomes, REPORTS, type ReportName, readReport } from './reports.ts'

const SLOWEST = 5

const names: readonly ReportName[] = process.argv.includes('--deep') ? ['deep'] : ['unit', 'features']
for (const name of names) rmSync(REPORTS[name], { force: true })
const didAllEndWell = names.map(runTests).every((isGood) => isGood)

const reports = names.map(readReport)
const tests = reports.flatMap((report) => report.tests)
const slowest = reports.flatMap(({ files }) => files).sort((a, b) => b.seconds - a.seconds)
console.log('\nThe slowest test files:')
for (const { file, seconds } of slowest.slice(0, SLOWEST))
  console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}`)
for (const { id } of tests.filter(({ outcome }) => outcome === 'failed')) console.log(`FAILED ${id}`)
if (!didAllEndWell) process.exitCode = 1
console.log(`\n${countOutcomes(tests)}`)

function runTests(name: ReportName): boolean {
  const [program = '', ...args] = {
    unit: ['vitest', 'run'],
    deep: ['vitest', 'run', '--config', 'vitest.deep.config.ts'],
    features: ['pnpm', '--silent', 'bdd'],
  }[name]
  const { status, error } = spawnSync(program, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error !== undefined) console.error(error)
  return status === 0
}

// `pnpm test` and, with --deep, `pnpm test:deep`. Everything runs, whatever fails; the last line counts all tests.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { listOtherMajors } from './node-versions.ts'
import { countOutcomes, describeReport, REPORTS, type ReportName, readReport } from './reports.ts'

const SLOWEST = 5

interface Suite {
  readonly command: readonly string[]
  readonly reports: readonly ReportName[]
}

const SUITES: Readonly<Record<'test' | 'deep', readonly Suite[]>> = {
  test: [
    { command: ['vitest', 'run'], reports: ['unit'] },
    { command: ['pnpm', '--silent', 'bdd'], reports: ['features'] },
  ],
  deep: [
    { command: ['vitest', 'run', '--config', 'vitest.deep.config.ts'], reports: ['deep'] },
    { command: ['pnpm', '--silent', '--filter', '@catalog/bdd', 'guard'], reports: [] },
    // The deep tests wait half of their time.
    {
      command: [process.execPath, '--import', 'tsx', '.ci/test-on-node.ts', ...listOtherMajors()],
      reports: ['node22', 'node24'],
    },
  ],
}

const suites = SUITES[process.argv.includes('--deep') ? 'deep' : 'test']
const names = suites.flatMap(({ reports }) => reports)
for (const name of names) rmSync(REPORTS[name], { force: true })
// At the same time: neither of them keeps two processors busy to its end. The first one is shown as it goes.
const endings = await Promise.all(suites.map(({ command }, index) => runSuite(command, index === 0)))
for (const { output } of endings) process.stdout.write(output)

const reports = names.map((name) => ({ name, report: readReport(name) }))
const tests = reports.flatMap(({ report }) => report.tests)
const slowest = reports.flatMap(({ report }) => report.files).sort((a, b) => b.seconds - a.seconds)
console.log('\nThe slowest test files:')
for (const { file, seconds } of slowest.slice(0, SLOWEST))
  console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}`)
for (const { id } of tests.filter(({ outcome }) => outcome === 'failed')) console.log(`FAILED ${id}`)
if (endings.some(({ isGood }) => !isGood)) process.exitCode = 1
console.log('')
for (const { name, report } of reports) console.log(describeReport(name, report))
console.log(`\n${countOutcomes(tests)}`)

interface Ending {
  readonly isGood: boolean
  readonly output: string
}

async function runSuite([program = '', ...args]: readonly string[], isShown: boolean): Promise<Ending> {
  const output = isShown ? 'inherit' : 'pipe'
  const child = spawn(program, args, {
    stdio: ['ignore', output, isShown ? 'inherit' : 'pipe'],
    shell: process.platform === 'win32',
  })
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  const read = (stream: NodeJS.ReadableStream | null): Promise<string> | string =>
    stream === null ? '' : text(stream)
  const [printed, told] = await Promise.all([read(child.stdout), read(child.stderr)])
  return { isGood: (await code) === 0, output: `${told}${printed}` }
}

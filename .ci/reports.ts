// Reads what Vitest and Cucumber have written about a run.
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { isAvailable } from '../packages/testkit/src/running/index.ts'

/** The reports of `pnpm test` and of `pnpm test:deep`; each run of a command replaces its own. */
export const REPORTS = {
  unit: 'reports/vitest.json',
  features: 'apps/catalog-bdd/reports/features.json',
  deep: 'reports/vitest-deep.json',
  node22: 'reports/vitest-node22.json',
  node24: 'reports/vitest-node24.json',
} as const

/** What each report is of. */
const TITLES: Readonly<Record<ReportName, string>> = {
  unit: 'pnpm test',
  features: 'the features',
  deep: 'pnpm test:deep',
  node22: 'on Node.js 22',
  node24: 'on Node.js 24',
}

export type ReportName = keyof typeof REPORTS

export interface TestOutcome {
  /** `file > name`, stable between runs. */
  readonly id: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
}

interface FileTime {
  readonly file: string
  readonly seconds: number
}

export interface Report {
  readonly tests: readonly TestOutcome[]
  readonly files: readonly FileTime[]
}

/** What a report says; one that does not exist counts as one failed test. */
export function readReport(name: ReportName): Report {
  if (name !== 'node22' && name !== 'node24') return readFound(name)
  const capability = name === 'node22' ? 'node-22' : 'node-24'
  const id = `.ci/node-versions.ts > ${capability} is installed`
  if (!isAvailable(capability)) return { tests: [{ id, outcome: 'skipped' }], files: [] }
  const { tests, files } = readFound(name)
  return { tests: [{ id, outcome: 'passed' }, ...tests], files }
}

/** The counts of a report in one line. */
export function describeReport(name: ReportName, { tests }: Report): string {
  return `${TITLES[name]}: ${countOutcomes(tests)}`
}

function readFound(name: ReportName): Report {
  const path = REPORTS[name]
  if (!existsSync(path)) return { tests: [{ id: `${path} was not written`, outcome: 'failed' }], files: [] }
  const content = JSON.parse(readFileSync(path, 'utf8'))
  return name === 'features' ? readFeatures(content) : readVitest(content)
}

export function countOutcomes(tests: readonly TestOutcome[]): string {
  const count = (wanted: string): number => tests.filter(({ outcome }) => outcome === wanted).length
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly startTime: number
    readonly endTime: number
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

function readVitest({ testResults }: VitestReport): Report {
  const tests = testResults.flatMap(({ name, status, assertionResults }): readonly TestOutcome[] => {
    const file = relative(process.cwd(), name)
    const outcomes = assertionResults.map(
      ({ fullName, status: outcome }): TestOutcome => ({
        id: `${file} > ${fullName}`,
        outcome: outcome === 'passed' || outcome === 'failed' ? outcome : 'skipped',
      }),
    )
    // A file that could not be loaded, or whose hooks failed, has no failed test.
    const isOnlyTheFile = status === 'failed' && !outcomes.some(({ outcome }) => outcome === 'failed')
    return isOnlyTheFile ? [...outcomes, { id: file, outcome: 'failed' }] : outcomes
  })
  const files = testResults.map(({ name, startTime, endTime }) => ({
    file: relative(process.cwd(), name),
    seconds: (endTime - startTime) / 1000,
  }))
  return { tests, files }
}

interface Feature {
  readonly uri: string
  readonly elements: readonly {
    readonly name: string
    readonly steps: readonly { readonly result: { readonly status: string; readonly duration?: number } }[]
  }[]
}

function readFeatures(features: readonly Feature[]): Report {
  const NANOSECONDS = 1e9
  const tests = features.flatMap(({ uri, elements }) =>
    elements.map(({ name, steps }) => ({ id: `${uri} > ${name}`, outcome: judgeSteps(steps) })),
  )
  const files = features.map(({ uri, elements }) => ({
    file: `apps/catalog-bdd/${uri}`,
    seconds:
      elements.flatMap(({ steps }) => steps).reduce((sum, { result }) => sum + (result.duration ?? 0), 0) /
      NANOSECONDS,
  }))
  return { tests, files }
}

function judgeSteps(steps: Feature['elements'][number]['steps']): TestOutcome['outcome'] {
  const statuses = steps.map(({ result }) => result.status)
  if (statuses.every((status) => status === 'passed')) return 'passed'
  return statuses.every((status) => status === 'passed' || status === 'skipped') ? 'skipped' : 'failed'
}

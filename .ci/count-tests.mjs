// Prints the closing line `N passed, N failed` over Vitest's and Cucumber's reports of this run.
import { readFileSync } from 'node:fs'

const vitest = JSON.parse(readFileSync('reports/vitest.json', 'utf8'))
const features = JSON.parse(readFileSync('apps/catalog-bdd/reports/features.json', 'utf8'))

const outcomes = features.flatMap((feature) => feature.elements).map(judgeScenario)
const count = (outcome) => outcomes.filter((each) => each === outcome).length

const passed = vitest.numPassedTests + count('passed')
const failed = vitest.numFailedTests + vitest.numFailedTestSuites + count('failed')
const skipped = vitest.numPendingTests + vitest.numTodoTests + count('skipped')
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
if (failed > 0 || passed === 0) process.exitCode = 1

function judgeScenario({ steps }) {
  const statuses = steps.map((step) => step.result.status)
  if (statuses.every((status) => status === 'passed')) return 'passed'
  return statuses.every((status) => ['passed', 'skipped'].includes(status)) ? 'skipped' : 'failed'
}

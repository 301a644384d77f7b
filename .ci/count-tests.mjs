// Prints the closing line `N passed, N failed` over Vitest's and Cucumber's reports of this run.
import { readFileSync } from 'node:fs'

const vitest = JSON.parse(readFileSync('reports/vitest.json', 'utf8'))
const features = JSON.parse(readFileSync('apps/catalog-bdd/reports/features.json', 'utf8'))

const scenarios = features.flatMap((feature) => feature.elements)
const isPassed = (scenario) => scenario.steps.every((step) => step.result.status === 'passed')
const passedScenarios = scenarios.filter(isPassed).length

const passed = vitest.numPassedTests + passedScenarios
const failed = vitest.numFailedTests + scenarios.length - passedScenarios
const skipped = vitest.numPendingTests + vitest.numTodoTests
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
if (failed > 0) process.exitCode = 1

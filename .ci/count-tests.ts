// Prints the closing line over all reports of this run.
import { countOutcomes, REPORTS, type ReportName, readReport } from './reports.ts'

const tests = (Object.keys(REPORTS) as ReportName[]).flatMap((name) => readReport(name).tests)
if (!tests.some(({ outcome }) => outcome === 'passed')) process.exitCode = 1
if (tests.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1
console.log(countOutcomes(tests))

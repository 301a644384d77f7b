// Prints a line for each report of this run, and the closing line over all of them.
import { countOutcomes, describeReport, REPORTS, type ReportName, readReport } from './reports.ts'

const names = Object.keys(REPORTS) as ReportName[]
const reports = names.map((name) => ({ name, report: readReport(name) }))
const tests = reports.flatMap(({ report }) => report.tests)
for (const { name, report } of reports) console.log(describeReport(name, report))
if (!tests.some(({ outcome }) => outcome === 'passed')) process.exitCode = 1
if (tests.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1
console.log(countOutcomes(tests))

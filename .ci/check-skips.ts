// Compares the skipped tests of this run with skips.json: each must be listed under a capability that is missing here.
import { readFileSync } from 'node:fs'
import {
  CAPABILITIES,
  type Capability,
  isAvailable,
  reasonOf,
} from '../packages/testkit/src/running/index.ts'
import { REPORTS, type ReportName, readReport } from './reports.ts'

/** The tests that need each capability, by their ids in the reports; a path with ` > *` is for all tests of that file. */
type Skips = Readonly<Partial<Record<Capability, readonly string[]>>>

const skips: Skips = JSON.parse(readFileSync(new URL('skips.json', import.meta.url), 'utf8'))
const tests = (Object.keys(REPORTS) as ReportName[]).flatMap((name) => readReport(name).tests)
const skipped = tests.filter(({ outcome }) => outcome === 'skipped').map(({ id }) => id)

for (const capability of CAPABILITIES.filter((each) => !isAvailable(each))) {
  const without = skipped.filter((id) => isListed(capability, id))
  if (without.length > 0) console.log(`${reasonOf(capability)}: ${without.length} tests are skipped.`)
}

const problems = [...skipped.flatMap(findProblem), ...findUnknown()]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1

function findProblem(id: string): readonly string[] {
  const needs = CAPABILITIES.filter((capability) => isListed(capability, id))
  if (needs.length === 0) return [`SKIPPED and not in .ci/skips.json: ${id}`]
  if (needs.every(isAvailable)) return [`SKIPPED although ${needs.join(' and ')} is here: ${id}`]
  return []
}

function findUnknown(): readonly string[] {
  const ids = tests.map(({ id }) => id)
  const known = new Set(ids)
  const listed = Object.values(skips).flat()
  return listed
    .filter((listed) => !known.has(listed) && !ids.some((id) => isMeant(listed, id)))
    .map((id) => `In .ci/skips.json, but there is no such test: ${id}`)
}

function isListed(capability: Capability, id: string): boolean {
  return skips[capability]?.some((listed) => isMeant(listed, id)) === true
}

function isMeant(listed: string, id: string): boolean {
  return listed === id || (listed.endsWith(' > *') && id.startsWith(listed.slice(0, -1)))
}

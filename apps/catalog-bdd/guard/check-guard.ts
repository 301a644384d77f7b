// Runs scenarios that must fail, and fails where one of them passes: a guard that lets everything through looks
// just like one that has nothing to do.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Where a scenario failed, by the tag that says where it must. */
type Verdict = '@passes' | '@fails-in-step' | '@fails-in-hook'

interface Scenario {
  readonly name: string
  readonly tags: readonly { readonly name: string }[]
  readonly steps: readonly {
    /** Set on hooks. */
    readonly hidden?: boolean
    readonly result: { readonly status: string; readonly error_message?: string }
  }[]
}

const TIMEOUT_MS = 120_000

const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [
    ...['--conditions=@catalog/source', '--import', 'tsx'],
    ...['node_modules/@cucumber/cucumber/bin/cucumber.js', '--profile', 'guard'],
  ],
  { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8', timeout: TIMEOUT_MS },
)
assert.equal(status, 1, `cucumber ended with ${status} where it had failures to report: ${stderr}`)

const features = JSON.parse(stdout) as readonly { readonly elements: readonly Scenario[] }[]
const scenarios = features.flatMap(({ elements }) => elements)
for (const scenario of scenarios) {
  const expected = scenario.tags.map(({ name }) => name).join()
  assert.equal(judge(scenario), expected, `the guard on "${scenario.name}"`)
}
assert.equal(new Set(scenarios.map(judge)).size, 3, 'not all ways to end were tried')
console.log(`The guard holds: ${scenarios.length} scenarios ended as they must.`)

function judge({ steps }: Scenario): Verdict {
  const failed = steps.filter(({ result }) => result.status !== 'passed' && result.status !== 'skipped')
  if (failed.some(({ hidden }) => hidden !== true)) return '@fails-in-step'
  if (failed.length === 0) return '@passes'
  const [hook] = failed
  assert.match(
    hook?.result.error_message ?? '',
    /no step expected this error: (?:CatalogError|CommandFailure)/u,
    'the hook does not tell the error',
  )
  return '@fails-in-hook'
}

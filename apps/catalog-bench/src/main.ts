import { availableParallelism, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { importBenchmarks } from './import/benchmarks.ts'
import { postgresBenchmarks } from './postgres/benchmarks.ts'
import { formatTable, writeJson } from './report.ts'
import type { Benchmarks, Results } from './settings.ts'
import { storeBenchmarks } from './store/benchmarks.ts'
import { verifyBenchmarks } from './verify/benchmarks.ts'
import { createWorkspace } from './workspace.ts'

const USAGE = `usage: pnpm bench store|postgres|verify|import [--quick] [--only GROUP]... [--json FILE] [--directory DIR]
  --quick      fewer rounds, shorter and smaller: to see that it runs, not to judge by
  --only       only this group of figures
  --json       where the figures go; default reports/bench-<what>.json
  --directory  on which disk to measure; default the system's temporary directory`

const SUITES: Readonly<Record<string, Benchmarks>> = {
  store: storeBenchmarks,
  postgres: postgresBenchmarks,
  verify: verifyBenchmarks,
  import: importBenchmarks,
}
const REPORTS = new URL('../../../reports/', import.meta.url).pathname

await main()

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
      directory: { type: 'string' },
    },
  })
  const [what = ''] = positionals
  const suite = SUITES[what]
  if (suite === undefined || positionals.length > 1) return fail(USAGE)
  const groups = values.only ?? Object.keys(suite)
  const unknown = groups.find((group) => suite[group] === undefined)
  if (unknown !== undefined) return fail(`no group ${unknown}; there are ${Object.keys(suite).join(', ')}`)

  const rounds = values.quick ? 3 : 5
  using workspace = createWorkspace(values.directory)
  const { fileSystem } = workspace
  console.error(`${what}: ${rounds} rounds in ${workspace.path} (${fileSystem})`)
  if (fileSystem === 'tmpfs')
    console.error('THE FILES ARE IN MEMORY: nothing durable is measured; give --directory')

  const [loadBefore = 0] = loadavg()
  if (loadBefore > availableParallelism() / 2) {
    console.error(`OTHERS ARE AT WORK HERE (load ${loadBefore.toFixed(1)}): the figures will say little`)
  }

  const results: Results[number][] = []
  for (const group of groups) {
    console.error(`${group} …`)
    results.push(...((await suite[group]?.({ rounds, isQuick: values.quick, workspace })) ?? []))
  }
  console.log(formatTable(results))
  const json = values.json === undefined ? `${REPORTS}bench-${what}.json` : toPath(values.json)
  const load = { before: loadBefore, after: loadavg()[0] }
  writeJson(json, { what, isQuick: values.quick, rounds, fileSystem, load }, results)
  console.error(`written to ${json}`)
}

/** As seen from where the command was typed, which pnpm tells. */
function toPath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path)
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 2
}

import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { type Catalog, isCatalogError, openCatalog } from 'model-catalog'
import { EXIT_CODES, isPassing, type JobResult, runJob } from './job.ts'
import { HELP, type Options, parseOptions, UsageError } from './options.ts'
import type { ProvisionOptions } from './provision/provision.ts'
import { followCatalog } from './service.ts'
import { createSafeFetch } from './source/safe-fetch.ts'

const USAGE = 2

try {
  const options = parseOptions(process.argv.slice(2), process.env)
  if (options === 'help') process.stdout.write(HELP)
  else process.exitCode = await run(options)
} catch (error) {
  if (!(error instanceof UsageError) && !isCatalogError(error)) throw error
  process.stderr.write(`model-provisioner: ${error.message}\n`)
  const isUsage = error instanceof UsageError || isCatalogError(error, 'INVALID_INPUT')
  process.exitCode = isUsage ? USAGE : EXIT_CODES[isPassing(error) ? 'try-again' : 'failed']
}

async function run(options: Options): Promise<number> {
  const { command, root, store, holder } = options
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stop.abort(new Error(signal)))
  await using catalog = await openCatalog({ root, store, holder })
  const how = { ...toProvisionOptions(options), signal: stop.signal }
  return command === 'job' ? await runJobs(catalog, options, how) : await runService(catalog, options, how)
}

function toProvisionOptions(options: Options): ProvisionOptions {
  const { hub, hubToken, allowPrivate, attempts, stallMs, forMs } = options
  const tokens = hubToken === undefined ? {} : { [new URL(hub).origin]: hubToken }
  return { fetch: createSafeFetch({ allowPrivate, tokens }), retry: { attempts }, ...{ hub, stallMs, forMs } }
}

type Stoppable = ProvisionOptions & { readonly signal: AbortSignal }

/** One after the other; the worst end is that of the program. */
async function runJobs(catalog: Catalog, { ids, terminationLog }: Options, how: Stoppable): Promise<number> {
  const outcomes: JobResult['outcome'][] = []
  for (const id of ids) {
    const result = await runJob(catalog, id, how)
    const line = `${JSON.stringify(result)}\n`
    process.stdout.write(line)
    if (terminationLog !== undefined) writeFileSync(terminationLog, line)
    outcomes.push(result.outcome)
  }
  const worst = (['stopped', 'failed', 'try-again'] as const).find((outcome) => outcomes.includes(outcome))
  return EXIT_CODES[worst ?? 'ready']
}

async function runService(catalog: Catalog, { atOnce, holder }: Options, how: Stoppable): Promise<number> {
  process.stdout.write(`${JSON.stringify({ event: 'following' })}\n`)
  await followCatalog(catalog, {
    ...how,
    ...{ atOnce, holder },
    onEnd(id, outcome) {
      const told = outcome instanceof Error ? { problem: outcome.message } : { state: outcome.state }
      process.stdout.write(`${JSON.stringify({ event: 'ended', id, ...told })}\n`)
    },
  })
  return 0
}

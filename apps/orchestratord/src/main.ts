import { openCatalog } from 'model-catalog'
import { createService } from './create-service.ts'
import { HELP, type Options, parseOptions } from './options.ts'

const WRONG_OPTIONS = 2

const options = readOptions()
const service = await createService({
  openCatalog: (observer) => openCatalog({ root: options.root, store: options.store, observer }),
  actor: options.actor,
  maxBodyBytes: options['max-body-bytes'],
  maxStreams: options['max-streams'],
  stalledMs: options['stalled-ms'],
  heartbeatMs: options['heartbeat-ms'],
  logLevel: options['log-level'],
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal))
const url = await service.listen({ host: options.host, port: options.port }).catch(endWithoutPort)
service.log.info({ url }, 'listening')
await openAtOnce()

/** A port that is taken, or an address of another machine. */
function endWithoutPort(error: Error): never {
  process.stderr.write(`orchestratord: ${error.message}\n`)
  process.exit(1)
}

/** So that the log says why the catalog cannot be opened before a client asks. Another store or root would be another start. */
async function openAtOnce(): Promise<void> {
  const { code, detail } = (await service.inject('/readyz')).json<{ code?: string; detail?: string }>()
  if (code !== 'INVALID_INPUT') return
  process.stderr.write(`orchestratord: ${detail}\n`)
  process.exitCode = WRONG_OPTIONS
  await service.close()
}

/** Ends the event streams, waits for requests under way, and closes the catalog. Then nothing keeps the process. */
async function stop(signal: string): Promise<void> {
  service.log.info({ signal }, 'stopping')
  const cut = setTimeout(() => service.server.closeAllConnections(), options['stop-ms'])
  await service.close().catch((error: unknown) => {
    service.log.error({ err: error }, 'the catalog did not close in order')
    process.exitCode = 1
  })
  clearTimeout(cut)
  service.log.info('stopped')
}

function readOptions(): Options {
  try {
    const options = parseOptions(process.argv.slice(2), process.env)
    if (options !== 'help') return options
  } catch (error) {
    process.stderr.write(`orchestratord: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(WRONG_OPTIONS)
  }
  process.stdout.write(HELP)
  process.exit()
}

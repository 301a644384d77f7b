import { openCatalog } from 'model-catalog'
import { createService } from './create-service.ts'
import { type Options, parseOptions } from './options.ts'

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
const url = await service.listen({ host: options.host, port: options.port })
service.log.info({ url }, 'listening')

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
    return parseOptions(process.argv.slice(2), process.env)
  } catch (error) {
    process.stderr.write(`orchestratord: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(WRONG_OPTIONS)
  }
}

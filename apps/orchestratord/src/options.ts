import { parseArgs } from 'node:util'
import * as z from 'zod'

export const HELP = `Serves the model catalog over HTTP: REST, events, metrics, OpenAPI.

  orchestratord [options]

  --root DIR            the catalog's directory (default: $CATALOG_ROOT, else as the catalog finds it)
  --store URL           a database that has the catalog (default: $CATALOG_STORE; fs: the files in the directory)
  --host ADDRESS        where it listens (default: 127.0.0.1)
  --port N              the port; 0 chooses a free one, which is logged (default: 8080)
  --actor NAME          the actor in the history for changes by clients (default: orchestratord)
  --max-streams N       open event streams; a further one is answered with 503 (default: 1000)
  --max-body-bytes N    a larger body is answered with 413 (default: 4194304)
  --stalled-ms N        how long a client of a stream may not read before it is closed (default: 30000)
  --heartbeat-ms N      how often a quiet stream sends a comment (default: 15000)
  --stop-ms N           how long requests under way may take after SIGTERM (default: 10000)
  --log-level LEVEL     fatal, error, warn, info, debug or silent (default: info)
  --help

Each is also a variable of the environment, such as ORCHESTRATORD_PORT. It logs JSON lines to stdout, and has no authentication.
It ends with 0 after SIGTERM or SIGINT, with 2 if an option is wrong, and with 1 if it cannot listen.
`

const integer = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^[0-9]+$/u, 'must be a non-negative integer')
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)

const text = z.string().min(1)

const optionsSchema = z.strictObject({
  root: text.optional(),
  store: text.optional(),
  host: text.default('127.0.0.1'),
  port: integer(0, 65535).default(8080),
  actor: text.default('orchestratord'),
  'max-streams': integer(1, 1_000_000).default(1000),
  'max-body-bytes': integer(1, 2 ** 30).default(4 * 2 ** 20),
  'stalled-ms': integer(1, 2 ** 31 - 1).default(30_000),
  'heartbeat-ms': integer(1, 2 ** 31 - 1).default(15_000),
  'stop-ms': integer(1, 2 ** 31 - 1).default(10_000),
  'log-level': z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
})

export type Options = z.infer<typeof optionsSchema>

const PREFIX = 'ORCHESTRATORD_'

/**
 * The options of the command line; for one that is not there, `ORCHESTRATORD_<NAME>` of the environment. The store is also that of
 * `CATALOG_STORE`.
 *
 * @throws {Error} with a message for the user who started the program
 */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options | 'help' {
  if (args.includes('--help')) return 'help'
  const names = Object.keys(optionsSchema.shape)
  const { values } = parseArgs({
    args: args.filter((each) => each !== '--'),
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  })
  const given = names.flatMap((name) => {
    const value = values[name] ?? environment[PREFIX + name.toUpperCase().replaceAll('-', '_')]
    return value === undefined ? [] : [[name, value] as const]
  })
  const result = optionsSchema.safeParse(Object.fromEntries(given))
  if (result.success) {
    const { store = environment['CATALOG_STORE'], ...options } = result.data
    // Every program of the catalog calls the files in the root so.
    return { ...options, store: store === 'fs' || store === '' ? undefined : store }
  }
  throw new Error(result.error.issues.map((issue) => `--${issue.path.join('.')} ${issue.message}`).join('\n'))
}

import { parseArgs } from 'node:util'

export const HELP = `Downloads what the model catalog asks for, and has it verified.

  model-provisioner job ID...      downloads these models, one after the other, and ends
  model-provisioner follow         downloads what is Pending, as it comes, until it is told to stop

  --root DIR              the catalog's directory (default: as the catalog finds it)
  --store URL             a database that has the catalog (default: $CATALOG_STORE; fs: the files in the directory)
  --holder NAME           who downloads: the same name goes on at once after a crash (default: made up)
  --for SECONDS           how long the models of one that was killed are kept from others (default: 600)
  --stall SECONDS         how long a source may send nothing (default: 60)
  --attempts N            how many attempts in a row may bring nothing (default: 6)
  --at-once N             with follow: how many models at a time (default: 2)
  --allow-private         sources may be on private networks and on this machine
  --hub URL               where hf: sources are asked for (default: $HF_ENDPOINT, else https://huggingface.co)
  --termination-log FILE  with job: also writes its last line there
  --help

A token in $HF_TOKEN is sent to the hub and to no other host. Each model's end is one line of JSON.
job ends with 0 if all are ready, 1 if one failed, 75 if it is worth trying again, 130 if it was stopped, 2 if an option is wrong.
`

export interface Options {
  readonly command: 'job' | 'follow'
  readonly ids: readonly string[]
  readonly root: string | undefined
  readonly store: string | undefined
  readonly holder: string | undefined
  readonly forMs: number | undefined
  readonly stallMs: number | undefined
  readonly attempts: number | undefined
  readonly atOnce: number | undefined
  readonly allowPrivate: boolean
  readonly hub: string
  readonly hubToken: string | undefined
  readonly terminationLog: string | undefined
}

/** What is wrong with a command line, in words. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}

/** @throws {UsageError} */
export function parseOptions(argv: readonly string[], env: NodeJS.ProcessEnv): Options | 'help' {
  const { values, positionals } = parse(argv)
  if (values.help === true) return 'help'
  const [command, ...ids] = positionals
  if (command !== 'job' && command !== 'follow') throw new UsageError('the command must be job or follow')
  if (command === 'job' && ids.length === 0) throw new UsageError('job needs the id of a model')
  if (command === 'follow' && ids.length > 0) throw new UsageError('follow takes no ids')
  const { root, holder } = values
  return {
    ...{ command, ids, root, holder },
    store: toStore(values.store ?? env['CATALOG_STORE']),
    forMs: toNumber('for', values.for, 1000),
    stallMs: toNumber('stall', values.stall, 1000),
    attempts: toNumber('attempts', values.attempts),
    atOnce: toNumber('at-once', values['at-once']),
    allowPrivate: values['allow-private'] === true,
    hub: toHub(values.hub ?? (env['HF_ENDPOINT'] || undefined)),
    hubToken: env['HF_TOKEN'] || undefined,
    terminationLog: values['termination-log'],
  }
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...{ root: text, store: text, holder: text, for: text, stall: text, attempts: text, 'at-once': text },
        ...{ 'allow-private': flag, hub: text, 'termination-log': text, help: flag },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function toNumber(name: string, text: string | undefined, unit = 1): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9][0-9]{0,8}$/u.test(text)) return Number(text) * unit
  throw new UsageError(`--${name} must be a positive integer`)
}

/** Every program of the catalog calls the files in the root `fs`. */
function toStore(text: string | undefined): string | undefined {
  return text === 'fs' ? undefined : text || undefined
}

function toHub(text = 'https://huggingface.co'): string {
  if (URL.canParse(text) && /^https?:/u.test(text)) return text.replace(/\/+$/u, '')
  throw new UsageError('--hub must be a URL of https: or http:')
}

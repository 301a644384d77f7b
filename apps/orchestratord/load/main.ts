// Sends requests of each kind at a steady rate, each at its time whether or not those before it were answered, and prints
// how long the answers took. In a process of its own beside the service, as clients are.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openCatalog } from 'model-catalog'
import { Pool } from 'undici'
import { KINDS, type Kind, seedsOf } from './kinds.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((each) => each !== '--'),
  options: {
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    'warm-up': { type: 'string', default: '5' },
  },
})
const rate = Number(values.rate)
const seconds = Number(values.seconds)
/** How long the service is asked before the answers count: a process that has just started is told of by itself. */
const warmUp = Number(values['warm-up'])
const root = await mkdtemp(join(tmpdir(), 'orchestratord-load-'))
await seed()
const app = fileURLToPath(new URL('..', import.meta.url))
const args = ['--conditions=@catalog/source', '--import', 'tsx', 'src/main.ts', '--root', root, '--port', '0']
const service = spawn(process.execPath, args, { cwd: app, stdio: ['ignore', 'pipe', 'inherit'] })
const pool = new Pool(await findUrl(), { connections: 64 })
const stream = await pool.request({ method: 'GET', path: '/v2/catalog/events', bodyTimeout: 0 })
let events = 0
stream.body.on('data', (chunk) => {
  events += String(chunk).split('event: change').length - 1
})
console.log(
  `${rate} requests/s of each of ${KINDS.length} kinds for ${seconds} s after ${warmUp} s that do not count, one event stream open`,
)
const results = await Promise.all(KINDS.map((kind, index) => runKind(kind, index)))
for (const { name, durations, wrong } of results) report(name, durations, wrong)
report(
  'from a start',
  results.flatMap(({ early }) => early),
  0,
)
console.log(`${events} events`)
stream.body.on('error', () => undefined).destroy()
await pool.destroy()
const ended = once(service, 'exit')
service.kill('SIGTERM')
await ended
await rm(root, { recursive: true })
process.exitCode = results.some(({ wrong }) => wrong > 0) ? 1 : 0

function report(name: string, durations: readonly number[], wrong: number): void {
  const sorted = durations.toSorted((a, b) => a - b)
  const at = (part: number): string => (sorted[Math.ceil(sorted.length * part) - 1] ?? 0).toFixed(1)
  const figures = `p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms`
  console.log(`${name.padEnd(12)} ${sorted.length} answers  ${figures}  ${wrong} wrong`)
}

async function seed(): Promise<void> {
  await using catalog = await openCatalog({ root })
  const seeds = seedsOf(rate * (warmUp + seconds)) as readonly Parameters<typeof catalog.register>[0][]
  for (let from = 0; from < seeds.length; from += 500)
    await Promise.all(seeds.slice(from, from + 500).map((each) => catalog.register(each)))
}

async function findUrl(): Promise<string> {
  const url = await new Promise<string>((resolve) => {
    // Read on to the end, or the pipe would fill.
    createInterface({ input: service.stdout }).on('line', (line) => {
      if (line.includes('"listening"')) resolve(JSON.parse(line).url)
    })
  })
  return url
}

async function runKind(kind: Kind, index: number) {
  const durations: number[] = []
  const early: number[] = []
  let wrong = 0
  const send = async (number: number, due: number): Promise<void> => {
    const { method, path, body, ifMatch } = kind.toRequest(number)
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    }
    const answer = await pool.request({
      method,
      path,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    })
    await answer.body.dump()
    const isEarly = due < start + warmUp * 1000
    ;(isEarly ? early : durations).push(performance.now() - due)
    if (answer.statusCode !== kind.expected) wrong += 1
  }
  const start = performance.now() + (index * 1000) / rate / KINDS.length
  const sent: Promise<void>[] = []
  for (let number = 0; number < rate * (warmUp + seconds); number += 1) {
    const due = start + (number * 1000) / rate
    const waitMs = due - performance.now()
    if (waitMs > 0) await setTimeout(waitMs)
    sent.push(send(number, due))
  }
  await Promise.all(sent)
  return { name: kind.name, durations, early, wrong }
}

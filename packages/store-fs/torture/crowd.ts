import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { audit } from './audit.ts'
import type { Journal } from './journal.ts'
import { Ledger } from './ledger.ts'
import type { ProgramLine } from './lines.ts'
import type { RunningProgram } from './processes.ts'
import type { ReaderJob } from './programs/reader.ts'
import type { RegistrarJob } from './programs/registrar.ts'
import type { ViewReaderJob } from './programs/view-reader.ts'
import type { Random } from './random.ts'
import type { TortureOptions, TortureReport } from './run.ts'
import { sumUp } from './sum-up.ts'
import type { Workspace } from './workspace.ts'

export interface CrowdPlan {
  readonly workspace: Workspace
  readonly random: Random
  readonly root: string
  readonly perProcess: number
  readonly perThread: number
  readonly leastReads: number
  readonly segmentBytes?: number
}

export async function crowd({ workspace, random, isShort }: TortureOptions): Promise<TortureReport> {
  const amounts = isShort
    ? { perProcess: 60, perThread: 30, leastReads: 1000 }
    : { perProcess: 1000, perThread: 500, leastReads: 10_000 }
  const ledger = new Ledger()
  const journal = await playCrowd(
    { workspace, random, root: join(workspace.path, 'crowd'), ...amounts },
    ledger,
  )
  return sumUp([ledger], [journal])
}

/**
 * Eight processes and, beside them, four threads of one process that register at the same time, while one process reads
 * the catalog in every way and another parses catalog.json without a pause.
 */
export async function playCrowd(plan: CrowdPlan, ledger: Ledger): Promise<Journal | undefined> {
  const { workspace, random, root, segmentBytes, perProcess, perThread, leastReads } = plan
  await mkdir(root)
  const place = { root, ...(segmentBytes !== undefined && { segmentBytes }) }
  const take = (line: ProgramLine): void => ledger.take(line)
  const processes = Array.from({ length: 8 }, (_, n) => ({
    ...place,
    prefix: `process${n}`,
    count: perProcess,
  }))
  const threads = Array.from({ length: 4 }, (_, n) => ({ ...place, prefix: `thread${n}`, count: perThread }))
  const prefixes = [...processes, ...threads].map(({ prefix }) => prefix)

  const readers = [
    workspace.start<ReaderJob>(
      'reader',
      { ...place, seed: random.between(0, 2 ** 31), prefixes, leastReads },
      take,
    ),
    workspace.start<ViewReaderJob>('view-reader', { root }, take),
  ]
  await Promise.all([
    ...processes.map((job) => untilDone(ledger, job.prefix, workspace.start('registrar', job, take))),
    ...threads.map((job) => runThread(ledger, workspace.bundleOf('registrar').path, job)),
  ])
  for (const reader of readers) reader.finish()
  await Promise.all(readers.map((reader, n) => untilDone(ledger, `reader ${n}`, reader)))

  const journal = await audit(root, ledger, place)
  assertAllRegistered(ledger, [...processes, ...threads])
  return journal
}

/** Waits for a program that must end by itself, and well. */
export async function untilDone(ledger: Ledger, name: string, program: RunningProgram): Promise<void> {
  const { code, signal, errors } = await program.ended
  if (code !== 0) ledger.breaks.push(`${name} ended with ${code ?? signal}: ${errors}`)
}

/** Registrars tell of every acknowledgement: none may be missing. */
export function assertAllRegistered(ledger: Ledger, done: readonly RegistrarJob[]): void {
  for (const { code, message } of ledger.failures)
    ledger.breaks.push(`a registrar failed: ${code} ${message}`)
  const missing = done.flatMap(({ prefix, count }) =>
    Array.from({ length: count }, (_, n) => `${prefix}.${n}`).filter((token) => !ledger.wasApplied(token)),
  )
  if (missing.length > 0)
    ledger.breaks.push(`${missing.length} registrations had no effect, first ${missing[0]}`)
}

async function runThread(ledger: Ledger, program: string, job: RegistrarJob): Promise<void> {
  const worker = new Worker(program, { argv: [JSON.stringify(job)], stdout: true })
  const exit = once(worker, 'exit')
  const lines = createInterface({ input: worker.stdout })
  const end = once(lines, 'close')
  lines.on('line', (line) => ledger.take(JSON.parse(line) as ProgramLine))
  const [code] = await exit
  await end
  if (code !== 0) ledger.breaks.push(`${job.prefix} ended with ${code}`)
}

import { rmSync, writeFileSync } from 'node:fs'
import { createVerifier } from '@catalog/verify'
import { median, type Target } from '../figure.ts'
import { hasTool, runProgram } from '../programs.ts'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import { makeFiles } from './files.ts'
import { digestOneWithOpenssl, digestWithOpenssl } from './openssl.ts'

const MEGABYTE = 1_000_000
const PROCESSES = 2

/** One large file that is in the cache. */
export async function measureOneFile(settings: Settings): Promise<Results> {
  const sizeGiB = settings.isQuick ? 1 : 4
  return await compare(settings, {
    name: `one file of ${sizeGiB} GiB`,
    count: 1,
    sizeBytes: sizeGiB * 2 ** 30,
    mostDelayMs: 10,
    mostPeakMB: 90,
    rival: 'openssl dgst -sha256',
    tools: ['openssl'],
    digest: async ([path = '']) => await digestOneWithOpenssl(path),
  })
}

/** Many small files. */
export async function measureManyFiles(settings: Settings): Promise<Results> {
  const count = settings.isQuick ? 200 : 2000
  return await compareWithXargs(settings, { count, sizeBytes: MEGABYTE, perProcess: 50 })
}

/** Some large files. */
export async function measureLargeFiles(settings: Settings): Promise<Results> {
  const { isQuick } = settings
  const files = { count: isQuick ? 4 : 20, sizeBytes: (isQuick ? 50 : 200) * MEGABYTE }
  return await compareWithXargs(settings, { ...files, perProcess: 1 })
}

interface FileSet {
  readonly count: number
  readonly sizeBytes: number
}

async function compareWithXargs(
  settings: Settings,
  { perProcess, ...files }: FileSet & { readonly perProcess: number },
): Promise<Results> {
  return await compare(settings, {
    ...files,
    name: `${files.count} files of ${files.sizeBytes / MEGABYTE} MB`,
    rival: `xargs -P${PROCESSES} -n${perProcess} openssl`,
    tools: ['openssl', 'xargs'],
    digest: (paths) => digestWithOpenssl(paths, PROCESSES, perProcess),
  })
}

interface Comparison extends FileSet {
  readonly name: string
  readonly rival: string
  readonly tools: readonly string[]
  readonly digest: (paths: readonly string[]) => Promise<string>
  readonly mostDelayMs?: number
  readonly mostPeakMB?: number
}

/** What other work of a process has of its digesting. */
interface Footprint {
  readonly delayMs: number
  readonly peakBytes: number
}

async function compare({ rounds, workspace }: Settings, comparison: Comparison): Promise<Results> {
  const { name, rival, tools, digest } = comparison
  const missing = tools.filter((tool) => !hasTool(tool))
  if (missing.length > 0) return [{ name, skipped: `${missing.join(' and ')} not found on the PATH` }]
  const directory = workspace.newPath('files')
  const paths = makeFiles(directory, comparison.count, comparison.sizeBytes)
  await using verifier = createVerifier()
  const digestOurs = async (): Promise<string[]> =>
    (await Promise.all(paths.map((path) => verifier.digestFile(path)))).map((found) => found.digest)
  assertEqual(await digestOurs(), await digest(paths))
  const samples = await measureInRounds(rounds, {
    ours: () => timeMs(digestOurs),
    rival: () => timeMs(() => digest(paths)),
  })
  const footprint = await measureFootprint(rounds, workspace.newPath('list'), paths)
  rmSync(directory, { recursive: true })
  return [
    {
      name,
      unit: 'ms',
      ours: samples.median('ours'),
      other: { name: rival, value: samples.median('rival') },
      ratio: samples.ratio('ours', 'rival'),
      target: { is: 'at most', value: 0.9 },
    },
    {
      name: `${name}, delay of the event loop, 99th percentile`,
      unit: 'ms',
      ours: footprint.delayMs,
      ...toTarget(comparison.mostDelayMs),
    },
    {
      name: `${name}, peak memory`,
      unit: 'MB',
      ours: footprint.peakBytes / MEGABYTE,
      ...toTarget(comparison.mostPeakMB),
    },
  ]
}

/** The medians of several processes that do nothing else. */
async function measureFootprint(rounds: number, list: string, paths: readonly string[]): Promise<Footprint> {
  writeFileSync(list, paths.join('\n'))
  const found: Footprint[] = []
  while (found.length < rounds) found.push(await runProgram<Footprint>('digest-files', [list]))
  return {
    delayMs: median(found.map(({ delayMs }) => delayMs)),
    peakBytes: median(found.map(({ peakBytes }) => peakBytes)),
  }
}

function toTarget(value: number | undefined): { target?: Target } {
  return value === undefined ? {} : { target: { is: 'at most', value, of: 'ours' } }
}

/** A quick wrong answer does not count: each digest of ours must be one of theirs. */
function assertEqual(ours: readonly string[], theirs: string): void {
  const wrong = ours.find((digest) => !theirs.includes(digest))
  if (wrong !== undefined) throw new Error(`openssl does not give ${wrong}`)
}

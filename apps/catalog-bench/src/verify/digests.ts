import { rmSync, writeFileSync } from 'node:fs'
import { createVerifier } from '@catalog/verify'
import { hasTool, runProgram } from '../programs.ts'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import { makeFiles } from './files.ts'
import { digestOneWithOpenssl, digestWithOpenssl } from './openssl.ts'

const MEGABYTE = 1_000_000
const PROCESSES = 2

/** One large file that is in the cache. */
export async function measureOneFile(settings: Settings): Promise<Results> {
  const sizeBytes = (settings.isQuick ? 256 : 1024) << 20
  return await compare(settings, {
    name: `one file of ${sizeBytes >> 20} MiB`,
    count: 1,
    sizeBytes,
    rival: 'openssl dgst -sha256',
    tools: ['openssl'],
    digest: async ([path = '']) => await digestOneWithOpenssl(path),
  })
}

/** Many small files, and some large ones. */
export async function measureManyFiles(settings: Settings): Promise<Results> {
  const { isQuick } = settings
  const small = { count: isQuick ? 200 : 2000, sizeBytes: MEGABYTE, perProcess: 50 }
  const large = isQuick
    ? { count: 4, sizeBytes: 50 * MEGABYTE, perProcess: 1 }
    : { count: 20, sizeBytes: 200 * MEGABYTE, perProcess: 1 }
  return [...(await compareWithXargs(settings, small)), ...(await compareWithXargs(settings, large))]
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
  const list = workspace.newPath('list')
  writeFileSync(list, paths.join('\n'))
  const { delayMs, peakBytes } = await runProgram<{ delayMs: number; peakBytes: number }>('digest-files', [
    list,
  ])
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
    { name: `${name}, delay of the event loop, 99th percentile`, unit: 'ms', ours: delayMs },
    { name: `${name}, peak memory`, unit: 'MB', ours: peakBytes / MEGABYTE },
  ]
}

/** A quick wrong answer is no record: each digest of ours must be one of theirs. */
function assertEqual(ours: readonly string[], theirs: string): void {
  const wrong = ours.find((digest) => !theirs.includes(digest))
  if (wrong !== undefined) throw new Error(`openssl does not give ${wrong}`)
}

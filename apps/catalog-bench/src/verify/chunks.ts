import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { createVerifier } from '@catalog/verify'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import { makeFiles } from './files.ts'

const THREADS = 2

/** A digest with the chunk map from the same reading, against the digest alone. */
export async function measureChunks({ rounds, isQuick, workspace }: Settings): Promise<Results> {
  const { sizeMiB, name } = sizeOf(isQuick)
  if (availableParallelism() < THREADS) return [{ name: `${name}, chunk map`, skipped: 'one processor only' }]
  const directory = workspace.newPath('chunks')
  const [path = ''] = makeFiles(directory, 1, sizeMiB << 20)
  await using verifier = createVerifier({ threads: THREADS })
  const samples = await measureInRounds(rounds, {
    ours: () => timeMs(() => verifier.digestFile(path, { chunkMap: true })),
    without: () => timeMs(() => verifier.digestFile(path)),
  })
  rmSync(directory, { recursive: true })
  return [
    {
      name: `${name}, digest and chunk map`,
      unit: 'ms',
      ours: samples.median('ours'),
      other: { name: 'digest alone', value: samples.median('without') },
      ratio: samples.ratio('ours', 'without'),
      target: { is: 'at most', value: 1.25 },
    },
  ]
}

/** An audit on two threads, against the same on one. */
export async function measureAudit({ rounds, isQuick, workspace }: Settings): Promise<Results> {
  const { sizeMiB, name } = sizeOf(isQuick)
  if (availableParallelism() < THREADS) return [{ name: `${name}, audit`, skipped: 'one processor only' }]
  const directory = workspace.newPath('audit')
  const [path = ''] = makeFiles(directory, 1, sizeMiB << 20)
  await using verifier = createVerifier({ threads: THREADS })
  const { chunks } = await verifier.digestFile(path, { chunkMap: true })
  const rateOf = async (threads: number): Promise<number> => {
    const elapsedMs = await timeMs(async () => {
      const result = await verifier.auditFile(path, chunks, { threads })
      if (!result.ok) throw new Error('the audit found damage in an undamaged file')
    })
    return sizeMiB / (elapsedMs / 1000)
  }
  const samples = await measureInRounds(rounds, { ours: () => rateOf(THREADS), one: () => rateOf(1) })
  rmSync(directory, { recursive: true })
  return [
    {
      name: `${name}, audit on ${THREADS} threads`,
      unit: 'MiB/s',
      ours: samples.median('ours'),
      other: { name: 'on one', value: samples.median('one') },
      ratio: samples.ratio('ours', 'one'),
      target: { is: 'at least', value: 1.8 },
    },
  ]
}

function sizeOf(isQuick: boolean): { sizeMiB: number; name: string } {
  const sizeMiB = isQuick ? 256 : 1024
  return { sizeMiB, name: `one file of ${sizeMiB} MiB` }
}

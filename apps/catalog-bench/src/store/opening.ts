import { join } from 'node:path'
import type { Figure } from '../figure.ts'
import { median } from '../figure.ts'
import { runProgram } from '../programs.ts'
import { measureInRounds } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import type { Catalogs } from './catalogs.ts'
import { idOf } from './models.ts'

const MANY = 100_000
const HUGE = 1_000_000
const MEGABYTE = 1_000_000

interface Opened {
  readonly openMs: number
  readonly peakBytes: number
}

/** What it takes to open a large catalog and get one entry, in a process of its own. */
export async function measureOpening({ rounds }: Settings, catalogs: Catalogs): Promise<Results> {
  const root = await catalogs.make(MANY)
  const peakBytes = { ours: [] as number[], parse: [] as number[] }
  const run = (name: 'ours' | 'parse', program: string, path: string) => async (): Promise<number> => {
    const opened = await runProgram<Opened>(program, [path, idOf(MANY - 1)])
    peakBytes[name].push(opened.peakBytes)
    return opened.openMs
  }
  const samples = await measureInRounds(rounds, {
    ours: run('ours', 'open-catalog', root),
    parse: run('parse', 'parse-catalog', join(root, 'catalog.json')),
  })
  const time: Figure = {
    name: `open ${MANY} entries`,
    unit: 'ms',
    ours: samples.median('ours'),
    other: { name: 'JSON.parse of catalog.json', value: samples.median('parse') },
    ratio: samples.ratio('ours', 'parse'),
    target: { is: 'at most', value: 0.5 },
  }
  const memory: Figure = {
    name: `open ${MANY} entries, peak memory`,
    unit: 'MB',
    ours: median(peakBytes.ours) / MEGABYTE,
    other: { name: 'JSON.parse of catalog.json', value: median(peakBytes.parse) / MEGABYTE },
  }
  return [time, memory]
}

/** The same for a catalog larger than any in use. */
export async function measureHugeOpening({ isQuick }: Settings, catalogs: Catalogs): Promise<Results> {
  const name = `open ${HUGE} entries`
  if (isQuick) return [{ name, skipped: 'takes too long for --quick' }]
  try {
    const root = await catalogs.make(HUGE)
    const { openMs, peakBytes } = await runProgram<Opened>('open-catalog', [root, idOf(HUGE - 1)])
    return [
      { name, unit: 'ms', ours: openMs },
      {
        name: `${name}, peak memory`,
        unit: 'MB',
        ours: peakBytes / MEGABYTE,
        target: { is: 'at most', value: 600, of: 'ours' },
      },
    ]
  } catch (error) {
    // Not a figure to miss: it cannot be done at all.
    return [{ name, skipped: `FAILED, ${String(error).split('\n').at(0)}` }]
  }
}

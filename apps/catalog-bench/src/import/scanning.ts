import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { scan } from '@catalog/import'
import { buildMixedTree } from '@catalog/testkit/layouts'
import { hasTool } from '../programs.ts'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'

const run = promisify(execFile)
const MODEL_FILES = 10_000
const NAME = `scan of ${MODEL_FILES} model files in mixed layouts`

/** Looking for models in a large tree, against `find`, which looks at every file and reads none. */
export async function measureScan({ rounds, workspace }: Settings): Promise<Results> {
  if (!hasTool('find')) return [{ name: NAME, skipped: 'find is not installed' }]
  const directory = workspace.newPath('tree')
  buildMixedTree(directory, MODEL_FILES)
  const samples = await measureInRounds(rounds, {
    ours: () => timeMs(() => countItems(directory)),
    find: () => timeMs(() => run('find', [directory, '-printf', '%s %T@ %p\\n'], { maxBuffer: 1 << 26 })),
  })
  rmSync(directory, { recursive: true })
  return [
    {
      name: NAME,
      unit: 'ms',
      ours: samples.median('ours'),
      other: { name: 'find -printf', value: samples.median('find') },
      ratio: samples.ratio('ours', 'find'),
      target: { is: 'at most', value: 3000, of: 'ours' },
      note: `${Math.round(process.resourceUsage().maxRSS / 1000)} MB at most in this process`,
    },
  ]
}

async function countItems(directory: string): Promise<void> {
  let found = 0
  for await (const { kind } of scan(directory)) found += kind === 'candidate' ? 1 : 0
  if (found < MODEL_FILES / 4) throw new Error(`only ${found} models were found`)
}

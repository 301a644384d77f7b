// node --conditions=@catalog/source --import tsx packages/model-catalog/torture/main.ts [--seconds=600]
// SEED=n begins with the same choices again.
import { parseArgs } from 'node:util'
import { createStage, lacks, seedOfRun } from '@catalog/testkit/running'
import { describeTally } from './describe-tally.ts'
import { playCatalog } from './play-catalog.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } })
process.on('exit', createStage())
if (lacks('ext4', 'xfs', 'python3')) {
  console.warn('catalog: SKIPPED, needs ext4, xfs, python3')
} else {
  const seed = seedOfRun()
  const tally = await playCatalog({ seconds: Number(values.seconds), seed })
  console.info(describeTally(tally, seed))
  for (const [what, count] of [...tally.outcomes].sort()) console.info(`  ${what}: ${count}`)
  for (const problem of tally.breaks.slice(0, 20)) console.error(`  BROKEN ${problem}`)
  if (tally.breaks.length > 0) process.exitCode = 1
}

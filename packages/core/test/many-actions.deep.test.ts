import { sampleDigest } from '@catalog/testkit'
import type { UpkeepAction } from '@catalog/types'
import { expect, it } from 'vitest'
import { openWith } from './upkeep-world.ts'

const ACTIONS = 200_000

it('a plan of 200,000 actions is applied, and again', async () => {
  const { catalog, files } = await openWith(['a'])
  files.put('/models/x.gguf.partial', sampleDigest(2), 7)
  const plan = await catalog.upkeep.collect()
  const [first] = plan.actions
  if (first?.kind !== 'remove-file') throw new Error('a removal must be planned')
  const gone = Array.from(
    { length: ACTIONS - 1 },
    (_, n): UpkeepAction => ({ ...first, file: `gone/${n}.partial` }),
  )
  const large = { ...plan, actions: [first, ...gone] }
  const report = await catalog.upkeep.apply(large)
  expect([report.done.length, report.freedBytes]).toEqual([ACTIONS, 7])
  const again = await catalog.upkeep.apply(large)
  expect([again.done.length, again.freedBytes]).toEqual([ACTIONS, 0])
  process.stdout.write(
    `${report.done.length} actions applied, ${files.done.length} of them changed the disk\n`,
  )
})

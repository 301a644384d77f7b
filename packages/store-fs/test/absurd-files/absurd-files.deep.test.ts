import { seedOfRun } from '@catalog/testkit/running'
import { afterAll, expect, it } from 'vitest'
import { type AbsurdTotals, judgeAbsurdFiles } from './judge-absurd-files.ts'

const PARTS = 10
const INPUTS_OF_PART = 10_000
const done: AbsurdTotals[] = []

afterAll(() => {
  const inputs = done.reduce((sum, totals) => sum + totals.inputs, 0)
  console.info(
    `own files with absurd content: ${inputs} inputs`,
    done.map(({ answers }) => answers),
  )
})

it.each(Array.from({ length: PARTS }, (_, part) => part + 1))(
  'whatever own files say with right checksums, the answer is right or a known code, of very many (part %i)',
  async (part) => {
    const totals = await judgeAbsurdFiles(INPUTS_OF_PART, seedOfRun() * PARTS + part)
    done.push(totals)
    expect(totals.broken).toEqual([])
  },
)

import { seedOfRun } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { judgeAbsurdFiles } from './judge-absurd-files.ts'

// `absurd-files.deep.test.ts` tries very many.
it('whatever own files say with right checksums, the answer is right or a known code', async () => {
  const { answers, broken } = await judgeAbsurdFiles(400, seedOfRun())
  expect(broken).toEqual([])
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(['right', 'DAMAGED', 'UNSUPPORTED_FORMAT']))
})

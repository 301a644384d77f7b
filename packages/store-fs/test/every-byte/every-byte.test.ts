import { expect, it } from 'vitest'
import { judgeDamages } from './judge-damages.ts'

/** 101 is coprime to 11, the number of ways: the sample covers all of them. */
const SAMPLE = { inEveryWay: false, oneByteIn: 101 }

// The torture run `bytes` damages every byte: in one way in `pnpm test:deep`, in every way in `pnpm test:torture`.
it('a damaged byte is told, or does nothing, or looks like a write that never came to its end', async () => {
  const { outcomes, broken } = await judgeDamages(SAMPLE)
  expect(broken).toEqual([])
  expect(Object.keys(outcomes)).toEqual(
    expect.arrayContaining([
      'format: UNSUPPORTED_FORMAT',
      'the journal: DAMAGED',
      'the journal: a torn line',
      'the present snapshot: DAMAGED',
      'catalog.json: EDITED_OUTSIDE',
      'an old segment: state whole, history DAMAGED',
    ]),
  )
})

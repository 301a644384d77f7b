import { isDeepStrictEqual } from 'node:util'
import { judgeDamages } from '../test/every-byte/judge-damages.ts'
import type { TortureOptions, TortureReport } from './run.ts'

/** How many damages come out how: of every byte in every way, and of every byte in one way. */
const EXPECTED: Readonly<Record<'all' | 'short', Readonly<Record<string, number>>>> = {
  all: {
    'format: UNSUPPORTED_FORMAT': 80,
    'format: only white space differs': 8,
    'the journal: cut off': 15281,
    'the journal: DAMAGED': 123867,
    'the journal: a torn line': 11106,
    'the journal: the last commits, and what covers them': 5438,
    'the journal: the last mark or seal': 6710,
    'the present snapshot: DAMAGED': 16753,
    'catalog.json: without any text, written anew': 2,
    'catalog.json: says the same': 754,
    'catalog.json: EDITED_OUTSIDE': 21401,
    'catalog.json: taken for an edit by hand': 3341,
    'the journal: as a power cut leaves it, told as dropped': 5049,
    'the journal: a record that no other built on': 4237,
    'an old segment: state whole, history DAMAGED': 29254,
    'an old journal: a torn line, or behind the seal': 6408,
  },
  short: {
    'format: UNSUPPORTED_FORMAT': 8,
    'the journal: cut off': 1391,
    'the journal: DAMAGED': 11256,
    'the journal: a torn line': 1010,
    'the journal: the last commits, and what covers them': 497,
    'the journal: the last mark or seal': 610,
    'the present snapshot: DAMAGED': 1523,
    'catalog.json: without any text, written anew': 2,
    'catalog.json: says the same': 71,
    'catalog.json: EDITED_OUTSIDE': 1917,
    'catalog.json: taken for an edit by hand': 328,
    'the journal: as a power cut leaves it, told as dropped': 459,
    'the journal: a record that no other built on': 385,
    'an old segment: state whole, history DAMAGED': 2659,
    'an old journal: a torn line, or behind the seal': 583,
  },
}

/**
 * Every byte of catalogs of every kind cut off, zeroed (alone, and with the rest of its sector) and flipped in each of
 * its bits: each damage is told, or does nothing, or is one of those that cannot be told from a write that never came
 * to its end.
 */
export async function bytes({ isShort }: TortureOptions): Promise<TortureReport> {
  const { outcomes, broken } = await judgeDamages({ inEveryWay: !isShort })
  const expected = EXPECTED[isShort ? 'short' : 'all']
  const differs = !isDeepStrictEqual(outcomes, expected)
  const breaks = differs ? [...broken, `came out otherwise than ${JSON.stringify(expected)}`] : broken
  return { counts: outcomes, breaks }
}

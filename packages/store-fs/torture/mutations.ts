import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { Mutant } from './mutant.ts'
import type { Mutation } from './mutation.ts'
import { DISK, READING, REPAIRING } from './reading-mutations.ts'
import type { TortureOptions, TortureReport } from './run.ts'
import { SEGMENTS } from './segment-mutations.ts'
import { WRITING } from './writing-mutations.ts'

export const MUTATIONS: readonly Mutation[] = [...WRITING, ...SEGMENTS, ...READING, ...DISK, ...REPAIRING]
/** So that the machinery itself stays tested in seconds. */
const FEWEST = 2

/**
 * Takes out, one at a time, the lines that keep the promises, and looks whether a test fails: a mutation that no test
 * notices is a promise that no test holds the store to. MUTATION=words plays only those with these words in their name.
 */
export async function mutations({ workspace, isShort }: TortureOptions): Promise<TortureReport> {
  const mutant = await Mutant.create(join(workspace.path, 'mutant'))
  const words = process.env['MUTATION'] ?? ''
  const all = MUTATIONS.filter(({ name, by }) => name.includes(words) && !lacks(...by.needs))
  const played = isShort ? all.slice(0, FEWEST) : all
  const breaks: string[] = []
  let noticed = 0
  for (const by of new Map(played.map(({ by }) => [JSON.stringify(by), by])).values()) {
    const failed = await mutant.runTests(by)
    if (failed !== undefined) breaks.push(`without any mutation fails: ${failed}`)
  }
  for (const mutation of breaks.length > 0 ? [] : played) {
    const failed = await mutant.test(mutation)
    if (!isShort) console.info(`  ${mutation.name} -> ${failed ?? 'no test'}`)
    if (failed === undefined) breaks.push(`survives ${mutation.by.files}: ${mutation.name}`)
    else noticed += 1
  }
  return { counts: { mutations: played.length, noticed }, breaks }
}

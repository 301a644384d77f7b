import type { Capability } from '@catalog/testkit/running'

/** Tests that are run together. */
export interface NoticingTests {
  readonly files: readonly string[]
  /** Without these capabilities they are skipped. */
  readonly needs: readonly Capability[]
}

/** What keeps a promise, and what is to stand there instead. */
export interface Mutation {
  readonly name: string
  readonly edits: readonly MutationEdit[]
  /** The tests of which one has to fail. */
  readonly by: NoticingTests
}

interface MutationEdit {
  /** The name of a file in one of the rooms of `src`. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
}

/** The tests that are skipped as a whole without a capability. */
const NEEDS: Readonly<Record<string, Capability>> = { 'hard-limits': 'prlimit', 'system-calls': 'strace' }

export function tests(...names: readonly string[]): NoticingTests {
  return {
    files: names.map((name) => `test/${name}.test.ts`),
    needs: names.flatMap((name) => NEEDS[name] ?? []),
  }
}

export const SCHEDULES: NoticingTests = tests('simulation/simulation.property')
export const KILLS: NoticingTests = tests('simulation/killed-at-every-call.deep')
export const LOSSES: NoticingTests = tests('simulation/lost-unsynced.property')
/** Of a mutation that only counts together with another. */
export const NOBODY: NoticingTests = tests()

export function mutate(
  name: string,
  file: string,
  [find, replace]: readonly [string, string],
  by: NoticingTests,
): Mutation {
  return { name, edits: [{ file: `${file}.ts`, find, replace }], by }
}

/** Where each makes good what the other leaves out, both are taken out. */
export function both(name: string, one: Mutation, other: Mutation): Mutation {
  return { name, edits: [...one.edits, ...other.edits], by: other.by }
}

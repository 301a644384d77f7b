import type { OracleHistory } from './journal-oracle.ts'
import type { CommitObservation, Observations, ReadObservation } from './observations.ts'

/** A promise that the store did not keep. */
export class BrokenPromise extends Error {}

/** Compares what callers were told with what the bytes on the disk say. Throws {@link BrokenPromise}. */
export function checkCommits({ commits }: Observations, history: OracleHistory): void {
  assert(history.repeated.length === 0, () => `applied twice: ${history.repeated}`)
  assert(history.contradictions.length === 0, () => String(history.contradictions))
  for (const commit of commits) checkOutcome(commit, history)
  checkRevisions(history)
  checkOrder(commits, history)
}

/** What callers read in this boot, compared with the history that was there when it ended. */
export function checkReads({ commits, reads }: Observations, history: OracleHistory): void {
  const known: { endedAt: number; position: number }[] = []
  for (const { operation, endedAt, told } of commits) {
    const position = history.outcomes.get(operation)?.position
    if (isDecided(told) && position !== undefined) known.push({ endedAt, position })
  }
  for (const read of reads) {
    let position = history.start
    for (const fact of known) {
      if (fact.endedAt <= read.startedAt && fact.position > position) position = fact.position
    }
    known.push({ endedAt: read.endedAt, position: findPosition(read, history, position) })
  }
}

function checkOutcome({ operation, told, revisions }: CommitObservation, history: OracleHistory): void {
  const found = history.outcomes.get(operation)
  switch (told) {
    case 'applied':
      assert(found !== undefined, () => `${operation} was acknowledged and is lost`)
      assert(found?.isApplied === true, () => `${operation} was told applied and is not`)
      assert(
        revisions.every((revision, index) => revision === 0 || revision === found?.revisions[index]),
        () => `${operation} was told revisions ${revisions} and has ${found?.revisions}`,
      )
      return
    case 'conflict':
      assert(found?.isApplied !== true, () => `${operation} was told of a conflict and is applied`)
      assert(found !== undefined, () => `${operation} was told of a conflict and its record is lost`)
      return
    case 'none':
      assert(found === undefined, () => `${operation} was told not written and is there`)
      return
    case 'unknown':
      return
    default:
      throw new TypeError(`no outcome: ${told satisfies never}`)
  }
}

function checkRevisions({ changes }: OracleHistory): void {
  const last = new Map<string, number>()
  for (const { id, revision } of changes) {
    const key = id.toLowerCase()
    const before = last.get(key)
    assert(before === undefined || revision === before + 1, () => `${id} jumps from ${before} to ${revision}`)
    last.set(key, revision)
  }
}

/** A commit that was acknowledged before another began stands before it. */
function checkOrder(commits: readonly CommitObservation[], { outcomes }: OracleHistory): void {
  for (const later of commits) {
    const position = outcomes.get(later.operation)?.position
    if (position === undefined) continue
    for (const earlier of commits) {
      if (earlier.endedAt > later.startedAt || !isDecided(earlier.told)) continue
      const before = outcomes.get(earlier.operation)?.position ?? 0
      assert(before < position, () => `${later.operation} stands before ${earlier.operation}`)
    }
  }
}

/** The lowest position, from `from` on, at which the read is right. */
function findPosition(read: ReadObservation, history: OracleHistory, from: number): number {
  for (let position = from; position <= history.head; position += 1) {
    if (isRightAt(read, history, position)) return position
  }
  const { reader, seen } = read
  throw new BrokenPromise(
    `${reader} saw ${JSON.stringify(seen)}, which is nowhere from ${from} to ${history.head}`,
  )
}

function isRightAt({ seen }: ReadObservation, history: OracleHistory, position: number): boolean {
  const state = history.states[position - history.start] ?? ''
  switch (seen.kind) {
    case 'state':
      return state === seen.state
    case 'entry':
      return state.split(' ').find((entry) => entry.startsWith(`${seen.id}=`)) === seen.entry
    case 'position':
      return position === seen.position
    case 'changes':
      return describeChanges(history, seen.since, position).join() === seen.changes.join()
    default:
      throw new TypeError(`no read: ${seen satisfies never}`)
  }
}

function describeChanges({ changes }: OracleHistory, since: number, until: number): string[] {
  return changes.filter(({ position }) => position > since && position <= until).map(describeChange)
}

/** One text for a change, of the oracle or of the store. */
export function describeChange(change: {
  position: number
  operation: string
  id: string
  revision: number
}): string {
  return `${change.position} ${change.operation} ${change.id}@${change.revision}`
}

function isDecided(told: CommitObservation['told']): boolean {
  return told === 'applied' || told === 'conflict'
}

function assert(condition: boolean, problem: () => string): void {
  if (!condition) throw new BrokenPromise(problem())
}

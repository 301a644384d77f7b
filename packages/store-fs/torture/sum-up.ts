import type { Journal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import type { TortureReport } from './run.ts'

/** One report of several ledgers, and of the journals that they were compared with. */
export function sumUp(ledgers: readonly Ledger[], journals: readonly (Journal | undefined)[]): TortureReport {
  const counts = new Map<string, number>()
  const add = (name: string, count: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + count)
  }
  for (const ledger of ledgers) {
    for (const [name, count] of Object.entries(ledger.counts)) add(name, count)
    add('acknowledged', ledger.acknowledged)
    add('conflicts', ledger.conflicts)
    add('openings', ledger.openings)
  }
  for (const journal of journals) {
    if (journal === undefined) continue
    add('records', journal.records)
    add('torn lines', journal.torn)
    add('segments', journal.segments)
    add('seals', journal.sealed)
    add('void records', journal.void)
  }
  const slowestOpenMs = Math.max(0, ...ledgers.map((ledger) => ledger.slowestOpenMs))
  return {
    counts: { ...Object.fromEntries(counts), 'slowest opening ms': slowestOpenMs },
    breaks: ledgers.flatMap(({ breaks }) => breaks),
  }
}

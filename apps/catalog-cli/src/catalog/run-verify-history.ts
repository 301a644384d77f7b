import { type HistoryReport, verifyHistory } from 'model-catalog'
import type { Invocation } from '../options/invocation.ts'
import { CATALOG_EXIT_CODES, EXIT_CODES } from '../problem/exit-codes.ts'
import { formatProblem } from '../problem/problem.ts'
import { formatCount } from '../text/count.ts'
import { findRoot, withCatalog } from './with-catalog.ts'

/** Reads the whole history, and ends as other commands do on damage where it is not as it was written. */
export async function runVerifyHistory(invocation: Invocation): Promise<number> {
  const { output } = invocation
  const report = await readReport(invocation)
  output.print(formatRecordCount(report))
  output.printJson(report)
  if (report.ok) return EXIT_CODES.OK
  const exitCode = CATALOG_EXIT_CODES.DAMAGED
  output.note(...formatProblem({ code: 'DAMAGED', exitCode, message: describeProblem(report), hint: HINT }))
  return exitCode
}

/** Of files also if they are damaged so that they cannot be opened. */
async function readReport(invocation: Invocation): Promise<HistoryReport> {
  if (invocation.store === undefined) return await verifyHistory({ root: findRoot(invocation) })
  return await withCatalog(invocation, (catalog) => catalog.history.verify())
}

const HINT = 'nothing was changed; copy the whole directory before anything else is tried'

function formatRecordCount({ ok, segments, records, from, to }: HistoryReport): string {
  const counts = `${formatCount(records, 'record')} in ${formatCount(segments, 'segment')}`
  // `from` is the position that the oldest segment continues: its first record has the next one.
  const positions = to > from ? `, positions ${from + 1} to ${to}` : ''
  return `${ok ? '' : 'only '}${counts} verified${positions}`
}

function describeProblem({
  segment,
  path,
  offset,
  record,
  problem,
}: Extract<HistoryReport, { ok: false }>): string {
  const place = offset === undefined ? '' : ` at byte ${offset}`
  const from = record === undefined ? '' : `, from record ${record} on`
  return `segment ${segment} is damaged: ${path}${place}${from}: ${problem}`
}

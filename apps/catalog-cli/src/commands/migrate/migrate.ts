import { type MigrateProgress, type MigrateReport, migrateCatalog } from 'model-catalog'
import { assertConfirmed } from '../../catalog/assert-confirmed.ts'
import { describePlace, warnOfPassword } from '../../catalog/find-store.ts'
import { findRoot } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { isStoreUrl } from '../../options/option-values.ts'
import { LiveLines } from '../../output/live-lines.ts'
import { CATALOG_EXIT_CODES, EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatCount } from '../../text/count.ts'

interface RunMigrateOptions {
  readonly from: string
  readonly to: string
  readonly dryRun: boolean
  readonly yes: boolean
}

/** Copies a catalog with its history, and says whether the original has gone on. */
export async function runMigrate(
  invocation: Invocation,
  { dryRun, yes, ...places }: RunMigrateOptions,
): Promise<number> {
  const { output, signal } = invocation
  for (const place of [places.from, places.to]) warnOfPassword(place, output)
  const [from, to] = [toPlace(places.from, invocation), toPlace(places.to, invocation)]
  if (!dryRun) {
    const question = `Copy the catalog of ${describe(from)} to ${describe(to)}?`
    await assertConfirmed(invocation, { question, yes })
  }
  const progress = createMigrateProgress(invocation)
  const onProgress = progress.update
  const report = await migrateCatalog({ from, to, dryRun, onProgress, signal }).finally(progress.clear)
  output.print(...formatReport(report, dryRun))
  output.printJson({ ...report, dryRun })
  if (report.isComplete) return EXIT_CODES.OK
  output.warn(
    'the original has changed since: stop the programs that write to it, and run the same command again',
  )
  return CATALOG_EXIT_CODES.CONFLICT
}

/** The directory or the URL that is meant. */
function toPlace(text: string, invocation: Invocation): string {
  if (text === 'fs') return findRoot(invocation)
  return isStoreUrl(text) ? text : invocation.resolvePath(text)
}

function describe(place: string): string {
  return describePlace(place, isStoreUrl(place) ? place : undefined)
}

function* formatReport({ from, to, copied, position }: MigrateReport, dryRun: boolean): Generator<string> {
  if (copied === 0) {
    yield `nothing to do: ${to} has all of ${from}`
    return
  }
  const positions = formatCount(copied, 'position')
  yield dryRun
    ? `would copy ${positions} of the history, up to ${position}, from ${from} to ${to}`
    : `copied ${positions} of the history, up to ${position}, from ${from} to ${to}; both are equal`
}

const VERBS = { check: 'checked', copy: 'copied', compare: 'compared' } as const
const REDRAW_MS = 100

/** One line on a terminal; nothing elsewhere. */
function createMigrateProgress({ output }: Invocation): {
  readonly update: (progress: MigrateProgress) => void
  readonly clear: () => void
} {
  if (!output.canRedraw) return { update: () => undefined, clear: () => undefined }
  const lines = new LiveLines(output.stderr)
  let drawnAtMs = 0
  return {
    update({ step, position, until }) {
      if (Date.now() - drawnAtMs < REDRAW_MS) return
      drawnAtMs = Date.now()
      lines.draw([`${VERBS[step]} position ${position} of ${until}`])
    },
    clear: () => lines.clear(),
  }
}

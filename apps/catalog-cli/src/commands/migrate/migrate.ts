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
    `${report.from} has changed since, so the copy is not finished: stop the programs that change it, and run the same command again`,
  )
  return CATALOG_EXIT_CODES.CONFLICT
}

/** The directory or the URL that is meant. */
function toPlace(text: string, invocation: Invocation): string {
  if (text === 'fs') return findRoot(invocation)
  // A URL that is not of a database is refused: it is not the name of a directory.
  return URL_LIKE.test(text) ? text : invocation.resolvePath(text)
}

const URL_LIKE = /^[a-z][a-z0-9+.-]+:\//iu

function describe(place: string): string {
  return describePlace(place, isStoreUrl(place) ? place : undefined)
}

function* formatReport(
  { from, to, copied, position, isComplete }: MigrateReport,
  dryRun: boolean,
): Generator<string> {
  if (copied === 0 && isComplete) {
    yield `nothing to do: ${to} has all of ${from}`
    return
  }
  const what = `${formatCount(copied, 'position')} of the history, up to ${position}, from ${from} to ${to}`
  if (dryRun) yield `would copy ${what}`
  else yield isComplete ? `copied ${what}; both are equal` : `copied ${what}`
  if (dryRun || !isComplete) return
  const option = isStoreUrl(to) ? `--store '${to}', or CATALOG_STORE` : `--root ${to}, or CATALOG_ROOT`
  yield `programs still use ${from} until they are given ${option}`
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

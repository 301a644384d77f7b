import { basename } from 'node:path'
import { pruneHistory } from 'model-catalog'
import { assertConfirmed } from '../../catalog/assert-confirmed.ts'
import { findRoot, withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { formatBytes } from '../../text/bytes.ts'
import { formatCount } from '../../text/count.ts'

interface RunPruneHistoryOptions {
  readonly keep: number
  readonly before: Date | undefined
  readonly dryRun: boolean
  readonly yes: boolean
}

/** Removes the oldest part of the history, and says what went. */
export async function runPruneHistory(
  invocation: Invocation,
  { keep, before, dryRun, yes }: RunPruneHistoryOptions,
): Promise<undefined> {
  const { output } = invocation
  if (!dryRun) {
    const question = `Remove all but the last ${keep} segments of the history for good?`
    await assertConfirmed(invocation, { question, yes })
  }
  const how = { keepSegments: keep, before, dryRun }
  const { removed, segments } =
    invocation.store === undefined
      ? await pruneHistory({ root: findRoot(invocation), ...how })
      : await withCatalog(invocation, (catalog) => catalog.history.prune(how))
  const verb = dryRun ? 'would remove' : 'removed'
  output.print(
    ...removed.map(({ path, sizeBytes }) => `${verb} ${basename(path)} (${formatBytes(sizeBytes)})`),
  )
  const bytes = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const kept = `${formatCount(segments, 'segment')} kept`
  output.print(removed.length === 0 ? `nothing to remove; ${kept}` : `${verb} ${formatBytes(bytes)}; ${kept}`)
  output.printJson({ removed, sizeBytes: bytes, segments, dryRun })
}

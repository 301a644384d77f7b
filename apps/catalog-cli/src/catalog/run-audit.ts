import type { AuditOptions, AuditReport } from 'model-catalog'
import { attributionOf, type Invocation } from '../options/invocation.ts'
import { createProgress } from '../output/progress.ts'
import { CATALOG_EXIT_CODES, EXIT_CODES } from '../problem/exit-codes.ts'
import { formatBytes } from '../text/bytes.ts'
import { formatCount } from '../text/count.ts'
import { formatDuration } from '../text/duration.ts'
import { withCatalog } from './with-catalog.ts'

export type RunAuditOptions = Pick<
  AuditOptions,
  'only' | 'olderThanMs' | 'bytesPerSecond' | 'maxBytes' | 'maxDurationMs'
>

/** Verifies again what was verified before; returns the exit code of the first model that is not right. */
export async function runAudit(invocation: Invocation, options: RunAuditOptions): Promise<number> {
  const { output, signal } = invocation
  const report = await withCatalog(invocation, async (catalog) => {
    const progress = createProgress(output, options.only === 'stale' ? 'verify' : 'audit')
    try {
      const onProgress = progress.update.bind(progress)
      const audited = await catalog.upkeep.audit({
        ...options,
        signal,
        onProgress,
        ...attributionOf(invocation),
      })
      progress.finish()
      return audited
    } finally {
      progress.clear()
    }
  })
  const isNothing = options.only === 'stale' && report.checked === 0
  output.print(...(isNothing ? ['nothing is stale'] : formatAudit(report)))
  output.printJson(report)
  const [first] = [...report.wrong, ...report.unreadable]
  return first === undefined ? EXIT_CODES.OK : CATALOG_EXIT_CODES[first.code]
}

const ENDINGS = {
  all: 'all that was due',
  'max-bytes': 'ended by --max-bytes',
  'max-duration': 'ended by --max-time',
} as const

function* formatAudit(report: AuditReport): Generator<string> {
  const { wrong, unreadable, checked, right, bytes, durationMs, remaining, ended } = report
  for (const { id, code, path } of wrong) yield `${id}: wrong [${code}] ${path}`
  for (const { id, code } of unreadable) yield `${id}: could not be read [${code}]`
  const read = `${formatBytes(bytes)} in ${formatDuration(durationMs)}`
  yield `${right} of ${formatCount(checked, 'model')} right, ${read}; ${ENDINGS[ended]}`
  if (remaining.models === 0) return
  yield `${formatCount(remaining.models, 'model')} (${formatBytes(remaining.bytes)}) for the next audit`
}

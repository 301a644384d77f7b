import { type CatalogStats, LIFECYCLE_STATES } from 'model-catalog'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { formatBytes } from '../../text/bytes.ts'
import { formatCount } from '../../text/count.ts'
import { formatFields } from '../../text/fields.ts'

/** Counts what there is. */
export async function runStats(invocation: Invocation): Promise<undefined> {
  const { output } = invocation
  const stats = await withCatalog(invocation, (catalog) => catalog.upkeep.stats())
  output.print(...formatStats(stats))
  output.printJson(stats)
}

function formatStats(stats: CatalogStats): readonly string[] {
  const { byState, evidence, oldEvidence, oldestEvidenceAt } = stats
  const states = LIFECYCLE_STATES.map((state): readonly [string, string] => {
    const { models, bytes } = byState[state]
    return [state, `${formatCount(models, 'model')}, ${formatBytes(bytes)}`]
  })
  const old = oldEvidence === 0 ? '' : `, ${oldEvidence} too old`
  return formatFields([
    ...states,
    ['read here', `${formatCount(evidence, 'model')}${old}`],
    ['usable here', formatCount(stats.usableHere, 'model')],
    ...describeFleet(stats.fleet),
    ['oldest read', oldestEvidenceAt ?? 'never'],
    ['partial files', formatBytes(stats.partialBytes)],
    ['quarantined', formatBytes(stats.quarantinedBytes)],
    ['free', formatBytes(stats.freeBytes)],
    ['leases', `${stats.leases}`],
    ['downloads', `${stats.downloads}`],
    ...stats.unreadable.map(({ path, errno }) => ['not looked at', `${path} [${errno}]`] as const),
  ])
}

function describeFleet(fleet: CatalogStats['fleet']): readonly (readonly [string, string])[] {
  if (fleet === undefined) return []
  const silent = fleet.silentNodes === 0 ? '' : `, ${fleet.silentNodes} silent`
  return [
    ['machines', `${fleet.nodes} with verified copies${silent}`],
    ['one copy only', formatCount(fleet.singleCopy, 'model')],
    ['no copy', formatCount(fleet.noCopy, 'model')],
  ]
}

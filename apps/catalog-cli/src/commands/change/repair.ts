import { isCatalogError, type RepairReport, repairCatalog } from 'model-catalog'
import { assertConfirmed } from '../../catalog/assert-confirmed.ts'
import { assertInFiles } from '../../catalog/find-store.ts'
import { findRoot } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { HintedError } from '../../problem/cli-errors.ts'
import { formatCount } from '../../text/count.ts'

/** Makes a damaged catalog usable again, and says what that cost and where the originals are. */
export async function runRepair(invocation: Invocation, yes: boolean): Promise<undefined> {
  const { output } = invocation
  assertInFiles(invocation, 'restore a backup of it with the tools of PostgreSQL')
  const question = 'Is every program that uses the catalog stopped?'
  await assertConfirmed(invocation, { question, yes })
  const report = await repair(findRoot(invocation), invocation)
  output.print(...formatRepair(report))
  output.printJson(report)
}

/** What cannot be repaired is not helped by another repair, which is what the hint of DAMAGED says elsewhere. */
async function repair(root: string, { onlyWriter }: Invocation): Promise<RepairReport> {
  try {
    return await repairCatalog(root, { onlyWriter })
  } catch (error) {
    throw isCatalogError(error, 'DAMAGED') ? new HintedError(error, BEYOND_REPAIR) : error
  }
}

const BEYOND_REPAIR =
  'stop every program that uses the catalog and repeat it once; if it says the same, restore a backup'

function* formatRepair({
  keptFiles,
  recordsKept,
  recordsLost,
  idsAffected,
}: RepairReport): Generator<string> {
  if (keptFiles.length === 0) {
    yield `nothing to repair; ${formatCount(recordsKept, 'record')}`
    return
  }
  for (const path of keptFiles) yield `kept the original as ${path}`
  yield `${formatCount(recordsKept, 'record')} kept, ${formatCount(recordsLost, 'record')} lost`
  if (idsAffected.length > 0)
    yield `check ${idsAffected.join(', ')}: what was lost, or could not be read, concerned these models`
}

/** Room `upkeep/plan`: doctor, collect and dedupe: plans that change nothing. */

import type { ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { fileReferenceOf } from '../../entry/model-file-name.ts'
import { isAhead, MAX_SPAN_MS } from '../../entry/time-span.ts'
import type { Survey } from '../survey/survey.ts'
import type { Remark } from './plan.ts'

/** What a clock that was ahead has dated: it would count for years. No plan ends it, because the clock here may be the wrong one. */
export function remarkOnClocks(context: CatalogContext, { entries }: Survey): readonly Remark[] {
  return entries.flatMap((entry) =>
    findAhead(context, entry).map((text): Remark => {
      const path = context.files.pathOf(fileReferenceOf(entry))
      return { finding: { kind: 'clock-ahead', id: entry.id, path, bytes: 0, text } }
    }),
  )
}

function findAhead(
  { clock }: CatalogContext,
  // Stryker disable next-line ArrayDeclaration: what has no end is not ahead.
  { id, evidence = {}, leases = [], download }: ModelEntry,
): readonly string[] {
  const isTooLong = (until: string): boolean => isAhead({ clock }, until, MAX_SPAN_MS)
  const told: string[] = []
  for (const { at, node } of Object.values(evidence)) {
    if (!isAhead({ clock }, at)) continue
    const by = node === undefined ? '' : ` by ${node}`
    told.push(`it was read at ${at}${by}, which is in the future: set that clock, then catalog verify ${id}`)
  }
  for (const lease of leases) {
    if (!isTooLong(lease.until)) continue
    const how = `catalog lease release ${id} ${lease.id}`
    told.push(`${lease.holder} has a lease until ${lease.until}, longer than allowed: ${how} ends it`)
  }
  if (download !== undefined && isTooLong(download.until)) {
    const how = `catalog download abandon ${id} --holder ${download.holder}`
    told.push(
      `${download.holder} has its download until ${download.until}, longer than allowed: ${how} ends it`,
    )
  }
  return told
}

import type { CatalogContext } from '../../context/catalog-ports.ts'
import { fileReferenceOf } from '../../entry/model-file-name.ts'
import { isAhead } from '../../entry/time-span.ts'
import { livenessOf } from '../../evidence/liveness.ts'
import type { Survey } from '../survey/survey.ts'
import { type Remark, toPlanned } from './plan.ts'

/**
 * Evidence of volumes that have been away for longer than the policy says; only once other evidence speaks for the model.
 * What is dated in the future is left: the clock here may be the wrong one.
 */
export async function remarkOnDeadEvidence(
  context: CatalogContext,
  { entries }: Survey,
): Promise<readonly Remark[]> {
  const isLive = await livenessOf(context)
  return entries.flatMap((entry): Remark[] => {
    const all = Object.entries(entry.evidence ?? {})
    const dead = all.filter(([key, evidence]) => !isLive(key, evidence) && !isAhead(context, evidence.at))
    const [first] = dead
    if (first === undefined || dead.length === all.length) return []
    const keys = dead.map(([key]) => key)
    const [key, { node = key, at }] = first
    const more = keys.length > 1 ? ` and ${keys.length - 1} more` : ''
    const text = `what was read on volume ${key} by ${node} at ${at}${more}: it has been away for too long to count`
    return [
      {
        finding: {
          kind: 'dead-evidence',
          id: entry.id,
          path: context.files.pathOf(fileReferenceOf(entry)),
          bytes: 0,
          text,
        },
        action: { kind: 'forget-evidence', entry: toPlanned(entry), paths: [], keys },
      },
    ]
  })
}

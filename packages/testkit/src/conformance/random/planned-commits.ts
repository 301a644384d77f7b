import type { Change } from '@catalog/types'
import * as fc from 'fast-check'
import { sampleEntry } from '../../samples/samples.ts'
import { put, removal } from '../store/commits.ts'
import type { ReferenceCatalog } from './reference-catalog.ts'

/** A change in words, made into one when the command runs: `offset` 0 is the revision that would apply. */
export interface PlannedChange {
  readonly id: string
  readonly kind: 'put' | 'remove'
  readonly offset: number
}

/** Few ids, so that histories cross; two pairs differ in case, two are names of every object. */
export const PLANNED_IDS: readonly string[] = ['a', 'A', 'org/model', 'Org/Model', 'constructor', 'toString']

const plannedChange: fc.Arbitrary<PlannedChange> = fc.record({
  id: fc.constantFrom(...PLANNED_IDS),
  kind: fc.constantFrom('put', 'put', 'remove'),
  offset: fc.constantFrom(0, 0, 0, 0, -1, 1),
})
/** Up to three changes of different ids. */
export const plannedCommit: fc.Arbitrary<readonly PlannedChange[]> = fc.uniqueArray(plannedChange, {
  selector: (change) => change.id.toLowerCase(),
  minLength: 1,
  maxLength: 3,
})

/** The change for the model as it stands now. */
export function toChange(model: ReferenceCatalog, { id: text, kind, offset }: PlannedChange): Change {
  const last = model.last(text)
  const revision = last === undefined || last.name === null ? 0 : last.revision
  const ifRevision = Math.max(0, revision + offset)
  // A removal of nothing has no meaning that stores would have to share.
  if (kind === 'remove' && ifRevision > 0) return removal(text, ifRevision)
  return put(sampleEntry({ id: text, name: `change ${model.applied.length}` }), ifRevision)
}

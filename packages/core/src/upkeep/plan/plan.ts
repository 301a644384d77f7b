import {
  type FoundFile,
  findFilePathProblem,
  type ModelEntry,
  type PlannedEntry,
  type RemovalReason,
  type UpkeepAction,
  type UpkeepFinding,
  type UpkeepPlan,
} from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { inodeOf, toPlain } from '../../evidence/fingerprints.ts'
import type { Survey } from '../survey/survey.ts'

/** A finding, and what would be done about it, if anything. */
export interface Remark {
  readonly finding: UpkeepFinding
  readonly action?: UpkeepAction | undefined
}

/** The plan of these remarks; several that ask for the same make one action. */
export function createPlan({ node, clock }: CatalogContext, remarks: readonly Remark[]): UpkeepPlan {
  const actions = countLastNames(remarks.flatMap(({ action }) => (action === undefined ? [] : [action])))
  return {
    version: 1,
    node,
    at: clock.now().toISOString(),
    findings: remarks.map(({ finding }) => finding),
    actions,
    bytes: actions.reduce((sum, action) => sum + bytesOf(action), 0),
  }
}

/** What an action frees. */
function bytesOf(action: UpkeepAction): number {
  return 'bytes' in action ? action.bytes : 0
}

/** What could not be looked at, so that the plan says nothing of it. */
export function remarkOnUnreadable({ unreadable }: Survey): readonly Remark[] {
  return unreadable.map(({ path, errno }) => {
    const right = errno === 'EACCES' || errno === 'EPERM'
    const remedy = right
      ? 'give this user the right to read it, or move it out of the root'
      : 'check the disk'
    const text = `not examined, nor anything below it [${errno}]: ${remedy}`
    return { finding: { kind: 'unreadable', path, bytes: 0, text } }
  })
}

export function toPlanned({ id, revision, state }: ModelEntry): PlannedEntry {
  return { id, revision, state }
}

/**
 * The removal of a found file, and of what these entries know of it; undefined for one whose name a plan cannot carry.
 */
export function planRemoval(
  found: FoundFile,
  why: RemovalReason,
  entries: readonly ModelEntry[] = [],
): UpkeepAction | undefined {
  const { file, fingerprint, links, kind } = found
  if (kind !== 'file' || findFilePathProblem(file) !== undefined) return undefined
  const bytes = fingerprint.sizeBytes
  const planned = { file, fingerprint: toPlain(fingerprint), links, bytes }
  return { kind: 'remove-file', why, entries: entries.map(toPlanned), ...planned }
}

/** A file's bytes are free when its last name goes: they count there, and only where the plan has all names. */
function countLastNames(actions: readonly UpkeepAction[]): readonly UpkeepAction[] {
  const left = new Map<string, number>()
  return actions.map((action) => {
    if (action.kind !== 'remove-file') return action
    const inode = inodeOf(action.fingerprint)
    const names = (left.get(inode) ?? action.links) - 1
    left.set(inode, names)
    return names === 0 ? action : { ...action, bytes: 0 }
  })
}

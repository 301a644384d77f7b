/** Room `show`: entries and changes as text and JSON. */

import type { CommittedChange, LifecycleState } from 'model-catalog'
import { formatTable } from '../text/table.ts'

export interface ChangeTableOptions {
  readonly width: number
  readonly paintState: (state: LifecycleState, text: string) => string
}

/** One line a change, oldest first, in as many columns as the terminal has room for. */
export function formatChangeTable(
  changes: readonly CommittedChange[],
  { width, paintState }: ChangeTableOptions,
): readonly string[] {
  const paint = (cell: string): string => {
    const state = cell.trim()
    return state === REMOVED ? cell : paintState(state as LifecycleState, cell)
  }
  const columns = [
    { title: 'TIME', leaves: 5 },
    { title: 'POSITION', align: 'right' as const, leaves: 2 },
    { title: 'ACTOR', leaves: 3 },
    { title: 'OPERATION' },
    { title: 'ID' },
    { title: 'REVISION', align: 'right' as const, leaves: 1 },
    { title: 'STATE', paint, leaves: 6 },
    { title: 'REASON', isCut: true, leaves: 4 },
  ]
  const rows = changes.map((change) => [
    toSeconds(change.at),
    String(change.position),
    change.actor ?? '-',
    change.operation,
    change.id,
    String(change.revision),
    change.entry?.state ?? REMOVED,
    toReason(change),
  ])
  return formatTable(columns, rows, width)
}

/** What became of a model that is no longer there, in place of its state. */
const REMOVED = 'removed'

/** The same for changes that come one at a time, where no column can know its width. */
export function formatChange(change: CommittedChange, paintState: ChangeTableOptions['paintState']): string {
  const { position, at, operation, id, revision, entry, actor } = change
  const reason = toReason(change)
  const outcome = entry === null ? REMOVED : paintState(entry.state, entry.state)
  const who = actor === undefined ? '' : ` by ${actor}`
  const why = reason === '' ? '' : `: ${reason}`
  return `${toSeconds(at)}  ${position}  ${id}  ${operation} -> ${outcome}, revision ${revision}${who}${why}`
}

/** Why it was done, and of a verification that changed nothing how it ended. */
function toReason({ reason = '', verification, isUnchanged }: CommittedChange): string {
  if (verification === undefined || isUnchanged !== true) return reason
  const { outcome, code } = verification
  const ended = code === undefined ? outcome : `${outcome} (${code})`
  return reason === '' ? ended : `${ended}: ${reason}`
}

/** The time of a change; the journal may hold any text there. */
function toSeconds(at: string): string {
  return at.replace(/\.[0-9]+Z$/u, 'Z')
}

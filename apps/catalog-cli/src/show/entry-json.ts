import { type CommittedChange, type ModelEntry, toPublicEntry } from 'model-catalog'

/** The entry as `--json` shows it on its own machine: its source without credentials unless they are asked for. */
export function toJsonEntry(entry: ModelEntry, showSource = false): ModelEntry {
  return showSource ? entry : toPublicEntry(entry, { paths: true, extra: true })
}

/** A change as `--json` shows it. */
export function toJsonChange(change: CommittedChange): CommittedChange {
  return change.entry === null ? change : { ...change, entry: toJsonEntry(change.entry) }
}

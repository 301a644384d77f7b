import { type CommittedChange, type ModelEntry, redactSource } from 'model-catalog'

/** The entry as `--json` shows it: the API's form, its source without credentials unless they are asked for. */
export function toJsonEntry(entry: ModelEntry, showSource = false): ModelEntry {
  return showSource ? entry : { ...entry, source: redactSource(entry.source) }
}

/** A change as `--json` shows it. */
export function toJsonChange(change: CommittedChange): CommittedChange {
  return change.entry === null ? change : { ...change, entry: toJsonEntry(change.entry) }
}

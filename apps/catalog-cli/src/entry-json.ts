import { type ModelEntry, redactSource } from 'model-catalog'

/** The entry as `--json` shows it: the API's form, its source without credentials unless they are asked for. */
export function toJsonEntry(entry: ModelEntry, showSource = false): ModelEntry {
  return showSource ? entry : { ...entry, source: redactSource(entry.source) }
}

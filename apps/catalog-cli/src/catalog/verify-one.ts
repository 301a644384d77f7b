import type { Catalog, ModelEntry } from 'model-catalog'
import { attributionOf, type Invocation } from '../options/invocation.ts'
import { createProgress, type Progress } from '../output/progress.ts'
import { formatBytes } from '../text/bytes.ts'
import { formatDuration } from '../text/duration.ts'
import { findUnanchoredNote } from './note-unanchored.ts'

export interface VerifyOneOptions {
  readonly id: string
  /** Absolute; default: the model's own path. */
  readonly path?: string | undefined
  /** Where its progress is shown; default: on stderr, as that of the only one. */
  readonly progress?: Progress | undefined
  /** Prints a note, with no progress drawn meanwhile. */
  readonly aside?: ((print: () => void) => void) | undefined
}

/** Verifies one model with its progress on stderr. */
export async function verifyOne(
  catalog: Catalog,
  invocation: Invocation,
  given: VerifyOneOptions,
): Promise<ModelEntry> {
  const { id, path, aside = (print) => print() } = given
  const { output } = invocation
  const { progress = createProgress(output, id) } = given
  try {
    const onProgress = progress.update.bind(progress)
    const options = { signal: invocation.signal, onProgress, ...attributionOf(invocation) }
    const entry = await catalog.verify(id, path, options)
    progress.finish()
    const note = await findUnanchoredNote(catalog, entry)
    if (note !== undefined) aside(() => output.note(note))
    return entry
  } finally {
    progress.clear()
  }
}

/** What was found, in a line: `llama: Active, 4.58 GiB read in 3.2 s (1.43 GiB/s)`. */
export function formatVerified(entry: ModelEntry): string {
  const evidence = Object.values(entry.evidence ?? {}).sort((a, b) => (a.at < b.at ? 1 : -1))[0]
  if (evidence === undefined) return `${entry.id}: ${entry.state}`
  const { bytes, durationMs } = evidence
  const rate = durationMs > 0 ? ` (${formatBytes((bytes / durationMs) * 1000)}/s)` : ''
  return `${entry.id}: ${entry.state}, ${formatBytes(bytes)} read in ${formatDuration(durationMs)}${rate}`
}

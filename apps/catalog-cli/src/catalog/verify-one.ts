import type { Catalog, ModelEntry } from 'model-catalog'
import { attributionOf, type Invocation } from '../options/invocation.ts'
import { createProgress } from '../output/progress.ts'
import { formatBytes } from '../text/bytes.ts'
import { formatDuration } from '../text/duration.ts'
import { noteUnanchored } from './note-unanchored.ts'

export interface VerifyOneOptions {
  readonly id: string
  /** Absolute; default: the model's own path. */
  readonly path?: string | undefined
  /** What the progress line says; default: the id. */
  readonly label?: string | undefined
}

/** Verifies one model with its progress on stderr. */
export async function verifyOne(
  catalog: Catalog,
  invocation: Invocation,
  { id, path, label = id }: VerifyOneOptions,
): Promise<ModelEntry> {
  const progress = createProgress(invocation.output, label)
  try {
    const onProgress = progress.update.bind(progress)
    const options = { signal: invocation.signal, onProgress, ...attributionOf(invocation) }
    const entry = await catalog.verify(id, path, options)
    progress.finish()
    await noteUnanchored(catalog, invocation.output, entry)
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

/** Room `public`: what may be shown of an entry to readers who are not on its machine. */

import { ModelRef } from '../reference/model-ref.ts'
import { redactSource } from '../reference/redact-source.ts'

/** What is shown of a source that is, or may be, a path of this machine. */
const LOCAL_SOURCE = 'file:…'

// Two letters at least, for one is a drive; and a host behind it, not a path: `dir:/data`, `git+file:///srv`.
const REMOTE = /^[A-Za-z][A-Za-z0-9+.-]+:(?:\/\/[^/\\]|[A-Za-z0-9])/u

/** The source without credentials, and without a path of this machine: in doubt it is one. */
export function hideLocalSource(source: string): string {
  return isRemote(source) ? redactSource(source) : LOCAL_SOURCE
}

function isRemote(source: string): boolean {
  try {
    return ModelRef.parse(source).kind !== 'file'
  } catch {
    // Of another kind than those that `ModelRef` knows.
    return REMOTE.test(source) && !/file:/iu.test(source)
  }
}

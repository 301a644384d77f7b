import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileKind } from '@catalog/types'
import { errnoOf, isMissing, toDiskError } from './disk-error.ts'
import { kindOf } from './file-kind.ts'

/** One name below a directory that is not a directory itself. */
export interface FoundName {
  /** Relative to the directory, `/` between segments. */
  readonly path: string
  readonly kind: Exclude<FileKind, 'directory'>
}

interface WalkOptions {
  /** Which names to leave out, with all that is below them. */
  readonly isSkipped?: (path: string) => boolean
  /** The name of a directory that marks the one it is in, below the first one, as none of its own: that is left out. */
  readonly border?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Is told of each directory below the first that cannot be listed; without this one the walk ends there. */
  readonly onUnreadable?: ((path: string, errno: string) => void) | undefined
}

/**
 * Everything below a directory but directories, in no order. Links are named, not followed, so it ends. A directory
 * that vanishes meanwhile held nothing. Rejects with IO, unless `onUnreadable`
 * is told, and with the signal's reason.
 */
export async function* walkDirectory(
  root: string,
  { isSkipped = () => false, border, signal, onUnreadable }: WalkOptions = {},
): AsyncGenerator<FoundName> {
  const open = ['']
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    signal?.throwIfAborted()
    const onError = directory === '' ? undefined : onUnreadable?.bind(undefined, directory)
    const entries = await readEntries(join(root, directory), onError)
    if (directory !== '' && entries.some((entry) => entry.name === border && !entry.isFile())) continue
    for (const entry of entries) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`
      if (isSkipped(path)) continue
      const kind = kindOf(entry)
      if (kind === 'directory') open.push(path)
      else yield { path, kind }
    }
  }
}

async function readEntries(
  directory: string,
  onError: ((errno: string) => void) | undefined,
): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    const errno = errnoOf(error)
    if (errno !== undefined && onError !== undefined) {
      onError(errno)
      return []
    }
    throw toDiskError(error, 'list', directory)
  }
}

import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing, toFileError } from './file-error.ts'

/** One name below a directory that is not a directory itself. */
export interface FoundName {
  /** Relative to the directory, `/` between segments. */
  readonly path: string
  readonly kind: 'file' | 'symbolic link' | 'other'
}

/**
 * Everything below a directory but directories, in no order. Links are named, not followed, so it ends. A directory
 * that vanishes meanwhile held nothing. Rejects with IO and with the signal's reason.
 */
export async function* walkDirectory(root: string, signal: AbortSignal): AsyncGenerator<FoundName> {
  const open = ['']
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    signal.throwIfAborted()
    for (const entry of await readEntries(join(root, directory))) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`
      if (entry.isDirectory()) open.push(path)
      else yield { path, kind: entryKindOf(entry) }
    }
  }
}

async function readEntries(directory: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true })
  } catch (error) {
    if (isMissing(error)) return []
    throw toFileError(error, 'readdir', directory)
  }
}

function entryKindOf(entry: Dirent): FoundName['kind'] {
  if (entry.isFile()) return 'file'
  return entry.isSymbolicLink() ? 'symbolic link' : 'other'
}

import { basename, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ModelDirectory } from './directory-options.ts'

/** The names that lead to a directory: below a store, or its own if it is the store. */
export function namesOf({ names, directory, store }: ModelDirectory): readonly string[] {
  if (names !== undefined) return names
  const below = relative(store, directory.path)
  return below === '' ? [basename(store)] : below.split(sep)
}

/** The name of a model by the path of its file in the directory; '' is the directory itself. */
export function nameOf(directory: ModelDirectory, path: string): string {
  const isRootOfStore = directory.names === undefined && directory.directory.path === directory.store
  const names = path !== '' && isRootOfStore ? [] : namesOf(directory)
  return [...names, ...(path === '' ? [] : [path])].join('/')
}

export function sourceOf({ sourceOf: ask, directory }: ModelDirectory, path: string): string {
  return ask?.(path) ?? pathToFileURL(join(directory.path, path)).href
}

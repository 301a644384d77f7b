import { basename, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ModelDirectory } from './directory-options.ts'

/** The names that lead to a directory: below a store, or its own if it is the store. */
function namesOf({ names, directory, store }: ModelDirectory): readonly string[] {
  if (names !== undefined) return names
  const below = relative(store, directory.path)
  return below === '' ? [basename(store)] : below.split(sep)
}

/** The name of a model by the path of its file in the directory; '' is the directory itself. */
export function nameOf(model: ModelDirectory, path: string): string {
  const label = model.label ?? leadingNamesOf(model, path).join('/')
  return [label, path].filter((part) => part !== '').join('/')
}

/** The names before that of a file; a file at the top of a store has none. */
export function leadingNamesOf(model: ModelDirectory, path: string): readonly string[] {
  const isAtTop = model.names === undefined && model.directory.path === model.store
  return isAtTop && path !== '' ? [] : namesOf(model)
}

export function sourceOf({ sourceOf: ask, directory }: ModelDirectory, path: string): string {
  return ask?.(path) ?? pathToFileURL(join(directory.path, path)).href
}

import { isAbsolute, relative, resolve, sep } from 'node:path'
import { assertOptions } from '@catalog/types'
import { type ExportedModel, filesOf } from '../models/exported-model.ts'

/** How files are named in a checksum list. */
export interface Sha256SumsOptions {
  /** Files below this directory are named relative to it; all others by their absolute paths. */
  readonly directory?: string | undefined
}

/**
 * A checksum list that `sha256sum --check` reads: one line for each file of the models, in their order. Backslashes and
 * line breaks in a name are escaped as GNU coreutils does. A model is left out if the digest of one of its files is
 * not known. A file of several models is listed once.
 *
 * @throws {CatalogError} INVALID_INPUT if an option does not exist
 */
export function formatSha256Sums(models: readonly ExportedModel[], options: Sha256SumsOptions = {}): string {
  assertOptions<Sha256SumsOptions>(options, { directory: 'string' })
  const lines = models.flatMap((model) => toLines(model, options.directory))
  return [...new Set(lines)].join('')
}

function toLines(model: ExportedModel, directory: string | undefined): readonly string[] {
  const lines: string[] = []
  for (const { path, digest } of filesOf(model)) {
    if (digest === undefined) return []
    lines.push(formatSumLine(toName(path, directory), digest))
  }
  return lines
}

function toName(path: string, directory: string | undefined): string {
  if (directory === undefined) return path
  const name = relative(resolve(directory), path)
  const isBelow = name !== '' && name !== '..' && !name.startsWith(`..${sep}`) && !isAbsolute(name)
  return isBelow ? name : path
}

/** One line with its line feed. `sha256sum` would take the name `-` for its standard input. */
export function formatSumLine(name: string, digest: string): string {
  const escaped = (name === '-' ? './-' : name)
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
  return `${/[\\\n\r]/u.test(name) ? '\\' : ''}${digest}  ${escaped}\n`
}

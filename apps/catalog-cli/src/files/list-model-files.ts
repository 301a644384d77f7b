import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { ModelFileInput } from 'model-catalog'
import { CliError } from '../problem/cli-errors.ts'

/** The files of a model's directory and of those below it, but the hidden ones: what `git` and download tools keep there. */
export async function listModelFiles(directory: string): Promise<readonly ModelFileInput[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((segment) => segment.startsWith('.')))
    .sort()
  if (files.length > 0) return files.map((path) => ({ path }))
  throw new CliError('USAGE', `there are no files in ${directory}`)
}

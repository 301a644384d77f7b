import { posix } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import { type ScanProblem, toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import { type DirectoryFiles, finalPathOf } from '../files/directory-files.ts'
import { isWeights } from '../files/file-names.ts'
import { assertComplete } from '../files/missing-files.ts'
import { orProblem, toItem, toProblemItem } from '../store/items.ts'
import { toFilesCandidate } from './directory-candidates.ts'
import { nameOf } from './directory-names.ts'
import type { ModelDirectory } from './directory-options.ts'
import { findPointer, singleModels } from './file-models.ts'

/** The model that all files of a directory are, and those that its GGUF files are. */
export async function wholeModel(model: ModelDirectory, all: DirectoryFiles): Promise<readonly ScanItem[]> {
  const own = only(all, (path) => !isGguf(path))
  const whole = await orProblem(model.layout, nameOf(model, ''), () => toWhole(model, own))
  return [...whole, ...(await singleModels(model, only(all, isGguf)))]
}

async function toWhole(model: ModelDirectory, all: DirectoryFiles): Promise<readonly ScanItem[]> {
  const { files, broken, partials } = all
  const partial = partials.find((path) => isNeeded(finalPathOf(path)))
  if (partial !== undefined) {
    throw new UnusableError('incomplete', model.directory.path, `has an unfinished download: ${partial}`)
  }
  const needed = broken.filter(({ path }) => isNeeded(path))
  if (needed.length > 0) return needed.map(({ error }) => toProblemItem(toNote(model, error)))
  for (const file of files) {
    const pointer = await findPointer(model, file)
    if (pointer !== undefined) return [toProblemItem(pointer)]
  }
  await assertComplete(files, model.reader, model.directory.path)
  if (!files.some(({ path }) => isWeights(path))) {
    throw new UnusableError(
      'no-weights',
      model.directory.path,
      'has the description of a model, and no weights',
    )
  }
  const notes = broken.map(({ error }) => toNote(model, error))
  return [toItem(await toFilesCandidate(model, files, { path: '', id: '' }, notes))]
}

function toNote(model: ModelDirectory, error: UnusableError): ScanProblem {
  return toScanProblem(error, model.layout, nameOf(model, ''))
}

/** A model can be used without a picture or a page of text, not without its weights or configuration. */
function isNeeded(path: string): boolean {
  return isWeights(path) || posix.extname(path) === '.json'
}

function only(
  { files, broken, partials }: DirectoryFiles,
  isWanted: (path: string) => boolean,
): DirectoryFiles {
  return {
    files: files.filter(({ path }) => isWanted(path)),
    broken: broken.filter(({ path }) => isWanted(path)),
    partials: partials.filter((path) => isWanted(finalPathOf(path))),
  }
}

function isGguf(path: string): boolean {
  return path.toLowerCase().endsWith('.gguf')
}

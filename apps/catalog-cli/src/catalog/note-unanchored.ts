import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Catalog, findAnchorProblem, type ModelEntry } from 'model-catalog'
import { toShellWord } from '../text/shell-word.ts'

/** If what was just read counts only until this command ends: that, and what makes it last. */
export async function findUnanchoredNote(catalog: Catalog, entry: ModelEntry): Promise<string | undefined> {
  const { id, evidence = {} } = entry
  const [last] = Object.values(evidence).sort((a, b) => b.at.localeCompare(a.at))
  if (last?.volume === undefined || last.anchor !== undefined) return undefined
  const directory = await findAnchorDirectory(await catalog.modelPath(id))
  const note = `catalog: note: ${id} is on a disk without an anchor: what was read counts only until this command ends`
  const remedy =
    directory === undefined
      ? 'none can be made there, because the disk cannot be written'
      : `catalog verify ${id} --anchor ${toShellWord(directory)} makes it last`
  return `${note}; ${remedy}`
}

/** Where the disk of a model can have its anchor: in its mount point, else where the model is. */
async function findAnchorDirectory(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path)
    const directory = (await stat(real)).isDirectory() ? real : dirname(real)
    for (const each of [await findMountPoint(directory), directory]) {
      // The disk of the system is not marked at its top because a model is somewhere on it.
      if (each !== dirname(each) && (await findAnchorProblem(each)) === undefined) return each
    }
  } catch {
    // A note is not worth an error.
  }
  return undefined
}

/** The top directory of the file system that a directory is on. */
export async function findMountPoint(directory: string): Promise<string> {
  const parent = dirname(directory)
  if (parent === directory || (await stat(parent)).dev !== (await stat(directory)).dev) return directory
  return await findMountPoint(parent)
}

import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'

/**
 * The directory that the user's relative paths are meant from. The script runner changes to the workspace's root
 * before it runs the script `catalog`, and leaves the user's directory in INIT_CWD. In any other script the
 * commands stand in the script itself, where a `cd` means what it says.
 */
export function findCallerDirectory(environment: NodeJS.ProcessEnv, workingDirectory: string): string {
  const { INIT_CWD: directory, npm_lifecycle_event: script } = environment
  return script === 'catalog' && directory ? directory : workingDirectory
}

/** How an entry refers to a model file: inside the root by `file`, elsewhere by `location`. */
export type FilePlace = { readonly file: string } | { readonly location: string }

/**
 * The one rule of where a file counts as: inside the root if its path says so, or if it does once the symbolic
 * links on the way to both are followed. Both paths absolute.
 */
export async function placeOf(root: string, path: string): Promise<FilePlace> {
  const file = pathInside(root, path) ?? (await realPathInside(root, path))
  return file === undefined ? { location: path } : { file }
}

/** The file's last segment keeps its name: it is the model file itself. */
async function realPathInside(root: string, path: string): Promise<string | undefined> {
  try {
    return pathInside(await realpath(root), join(await realpath(dirname(path)), basename(path)))
  } catch (error) {
    // A root that is not there yet has nothing inside.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The path from the root with `/` between its segments, or undefined for one that is not inside. */
function pathInside(root: string, path: string): string | undefined {
  const inside = relative(root, path)
  const isOutside =
    inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside
  return isOutside ? undefined : inside.split(sep).join('/')
}

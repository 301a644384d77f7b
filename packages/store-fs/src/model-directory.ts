import { join, relative, resolve, sep } from 'node:path'
import type { FileReference, ModelFiles } from '@catalog/types'

/** Model files below a root directory, or in place elsewhere. */
export function createModelDirectory(root: string): ModelFiles {
  const base = resolve(root)
  return {
    pathOf: (reference) =>
      'file' in reference ? join(base, ...reference.file.split('/')) : reference.location,
    referenceTo: (path) => toReference(base, resolve(path)),
  }
}

function toReference(base: string, path: string): FileReference {
  const inside = relative(base, path)
  const isOutside =
    inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside
  return isOutside ? { location: path } : { file: inside.split(sep).join('/') }
}

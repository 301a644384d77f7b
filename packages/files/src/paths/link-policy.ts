import { relative, resolve, sep } from 'node:path'
import { CatalogError } from '@catalog/types'

/**
 * `refuse`: a model file must not be a symbolic link. `inside`: it may be one that leads into a root.
 * `anywhere`: it may lead to any file.
 */
export type SymlinkPolicy = 'refuse' | 'inside' | 'anywhere'

/** Whether a path relative to a root is the root itself or leads out of it. */
export function leavesRoot(inside: string): boolean {
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside
}

/** Whether a real path is a root, which may not be there, or below it. */
export function isInside(root: string | undefined, target: string): boolean {
  return root !== undefined && (target === root || !leavesRoot(relative(root, target)))
}

export function createLinkedOut(path: string): CatalogError<'NOT_A_REGULAR_FILE'> {
  const kind = 'symbolic link out of the root'
  return new CatalogError('NOT_A_REGULAR_FILE', `${path} is reached by a ${kind}`, { path, kind })
}

import { isAbsolute, join, relative, sep } from 'node:path'

/** Whether a path is the root or below it. */
export function isBelow(root: string, path: string): boolean {
  const inside = relative(root, path)
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)
}

/** A path below a directory, from segments of a manifest, which must not lead out of it. */
export function joinBelow(directory: string, path: string): string | undefined {
  const segments = path.split('/')
  const isOdd = segments.some((segment) => segment === '' || segment === '.' || segment === '..')
  return isOdd || path.includes('\0') || path.includes('\\') ? undefined : join(directory, ...segments)
}

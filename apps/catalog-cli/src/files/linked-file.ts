import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { HintedError } from '../problem/cli-errors.ts'
import type { LinkOptions } from './link-options.ts'
import { createNotRegular } from './not-regular.ts'

/** NOT_A_REGULAR_FILE for a link that the policy does not let be followed, or that leads nowhere. */
export async function assertLinkAllowed(
  path: string,
  { symlinks, root, linksInto, location = path }: LinkOptions,
): Promise<void> {
  const target = await findTarget(path)
  if (target === undefined) throw createNotRegular(path, 'symbolic link that leads nowhere')
  if (linksInto !== undefined) {
    const directory = await findTarget(dirname(location))
    if (directory !== undefined && isBelow(join(directory, basename(location)), target)) return
    if (isBelow((await findTarget(linksInto)) ?? linksInto, target)) return
    throw new HintedError(
      createNotRegular(path, 'symbolic link out of the root'),
      `it leads to ${target}, which is not in ${linksInto}`,
    )
  }
  if (symlinks === 'anywhere') return
  if (symlinks === 'inside' && isBelow((await findTarget(root)) ?? root, target)) return
  const kind = symlinks === 'inside' ? 'symbolic link out of the root' : 'symbolic link'
  throw new HintedError(
    createNotRegular(path, kind),
    `it leads to ${target}: --links-into ${dirname(target)} follows it for this model; --symlinks anywhere follows every link, with add as with verify and resolve; or give that path`,
  )
}

async function findTarget(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch {
    return undefined
  }
}

function isBelow(root: string, target: string): boolean {
  const inside = relative(root, target)
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside
}

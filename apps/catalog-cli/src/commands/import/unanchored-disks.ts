import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Candidate } from '@catalog/import'
import { findMountPoint } from '../../catalog/note-unanchored.ts'
import { formatCount } from '../../text/count.ts'
import { toShellWord } from '../../text/shell-word.ts'

/**
 * Which of the disks that the models are on have no anchor: neither that of the catalog nor one that the user names.
 * What is read there counts only until the command ends.
 */
export async function describeUnanchored(
  candidates: readonly Candidate[],
  { root, anchors }: { readonly root: string; readonly anchors: readonly string[] },
): Promise<readonly string[]> {
  const anchored = new Set(await Promise.all([root, ...anchors].map(findDevice)))
  const disks = new Map<number, { models: number; readonly location: string }>()
  for (const { location } of candidates) {
    const device = await findDevice(location)
    if (device === undefined || anchored.has(device)) continue
    const disk = disks.get(device) ?? { models: 0, location }
    disk.models += 1
    disks.set(device, disk)
  }
  return await Promise.all([...disks.values()].map(describe))
}

async function describe({ models, location }: { models: number; location: string }): Promise<string> {
  const mountPoint = await findMountPoint(dirname(location))
  const what = `${formatCount(models, 'model')} on the disk of ${mountPoint}, which has no anchor`
  // The disk of the system is not marked at its top.
  const directory =
    mountPoint === dirname(mountPoint) ? '<a directory of yours there>' : toShellWord(mountPoint)
  return `catalog: note: ${what}: what is read counts only until this command ends; --anchor ${directory} makes it last`
}

/** The device of a path, or of the nearest directory above it that exists. */
async function findDevice(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).dev
  } catch {
    const parent = dirname(path)
    return parent === path ? undefined : await findDevice(parent)
  }
}

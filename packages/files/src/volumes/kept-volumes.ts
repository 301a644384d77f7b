import { randomUUID } from 'node:crypto'
import { constants, fstatSync } from 'node:fs'
import { type FileHandle, open, realpath, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf, findFileSystemType } from '@catalog/system-calls'
import { CatalogError, type Volume } from '@catalog/types'

/** Volumes without an anchor, each held by an open descriptor: while that is open, no other gets its device number. */
export interface KeptVolumes {
  find(dev: string): Volume | undefined
  list(): readonly Volume[]
  /** Keeps the volume of a file or directory open. Errors are as the system gives them; CLOSED. */
  keep(path: string): Promise<Volume>
  close(): Promise<void>
}

interface KeptVolume {
  readonly handle: FileHandle
  readonly volume: Volume
}

// A FIFO must not be waited for.
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK

export function createKeptVolumes(): KeptVolumes {
  const kept = new Map<string, KeptVolume>()
  let isClosed = false
  return {
    find(dev) {
      const found = kept.get(dev)
      return found !== undefined && deviceOf(found.handle) === dev ? found.volume : undefined
    },
    list: () => [...kept.values()].map(({ volume }) => volume),
    async keep(path) {
      const handle = await openOn(path)
      try {
        const volume = await describe(path, handle)
        if (isClosed) throw new CatalogError('CLOSED', 'the volumes are closed', { what: 'volumes' })
        const earlier = kept.get(volume.dev)
        if (earlier === undefined) kept.set(volume.dev, { handle, volume })
        return earlier?.volume ?? volume
      } finally {
        if (![...kept.values()].some((each) => each.handle === handle)) await handle.close()
      }
    },
    async close() {
      isClosed = true
      const handles = [...kept.values()].map(({ handle }) => handle)
      kept.clear()
      for (const handle of handles) await handle.close()
    },
  }
}

async function describe(path: string, handle: FileHandle): Promise<Volume> {
  const { name, isLocal } = findFileSystemType((await statfs(path)).type)
  const dev = deviceOf(handle)
  return Object.freeze({
    id: randomUUID(),
    dev,
    type: name,
    isLocal,
    hasBirthTime: false,
    hasChangeTime: true,
  })
}

function deviceOf({ fd }: FileHandle): string {
  return `${fstatSync(fd, { bigint: true }).dev}`
}

/** The directory of a file, so that the file itself can be replaced and its blocks freed; else the file. */
async function openOn(path: string): Promise<FileHandle> {
  const file = await open(path, READ_ONLY)
  let isKept = true
  try {
    const directory = await openDirectory(dirname(await realpath(path)))
    if (directory === undefined) return file
    isKept = deviceOf(directory) !== deviceOf(file)
    if (isKept) await directory.close()
    return isKept ? file : directory
  } finally {
    if (!isKept) await file.close()
  }
}

async function openDirectory(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, READ_ONLY | constants.O_DIRECTORY)
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

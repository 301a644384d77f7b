import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, stat, statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { errnoOf, type FileSystemType, findFileSystemType } from '@catalog/system-calls'
import type { BarrierDisk, Probe } from './barrier-disk.ts'

// Node does not name the first flag, which Linux alone has; the second is part of it.
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY
const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const MODE = 0o600
const OTHER_MODE = 0o400

/** The disks and clocks of this machine. Everything but the waiting ends at once, or is done by libuv's threads. */
export const nodeBarrierDisk: BarrierDisk = {
  async openProbe(directory, kind) {
    return await unlessRefused(() => (kind === 'named' ? openNamed(directory) : openUnnamed(directory)))
  },

  async findDevice(path) {
    return (await unlessRefused(() => stat(path, { bigint: true })))?.dev
  },

  async findType(path): Promise<FileSystemType> {
    const found = await unlessRefused(() => statfs(path))
    return findFileSystemType(found?.type ?? 0)
  },

  elapsedMs: () => performance.now(),
  wallClockMs: () => Date.now(),

  async wait(ms, signal) {
    await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
  },
}

async function openUnnamed(directory: string): Promise<Probe | undefined> {
  if (process.platform !== 'linux') return undefined
  return await toProbe(await open(directory, O_TMPFILE | constants.O_RDWR, MODE))
}

async function openNamed(directory: string): Promise<Probe> {
  const path = join(directory, `.catalog-probe-${randomUUID()}.tmp`)
  const handle = await open(path, NEW_FILE | constants.O_RDWR, MODE)
  try {
    await unlink(path)
  } catch (error) {
    await handle.close()
    throw error
  }
  return await toProbe(handle)
}

async function toProbe(handle: FileHandle): Promise<Probe> {
  try {
    const { dev } = await handle.stat({ bigint: true })
    let turn = 0
    const touch = async (): Promise<bigint> => {
      turn = 1 - turn
      // A server need not be told of a size or a mode that stays; some FUSE disks do not date a mode.
      await handle.chmod(turn === 0 ? MODE : OTHER_MODE)
      await handle.truncate(turn)
      return (await handle.stat({ bigint: true })).ctimeNs
    }
    return { dev, touch, close: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Any system error means that there is no probe to be had this way. */
async function unlessRefused<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

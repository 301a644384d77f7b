import type { FileSystem, OpenFile } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'

/** What the next append to a journal does: write only so many bytes, then fail with the code, if any. */
export interface AppendFault {
  readonly bytes?: number
  readonly code?: string
}

/** The real disk, with journals whose next calls go wrong as told. */
export class FaultyDisk implements FileSystem {
  /** Used up from the front, one for each append to a journal. */
  readonly appends: AppendFault[] = []
  /** Whether every append to a journal is ENOSPC. */
  isFull = false
  /** Codes for the next syncs of a journal. */
  readonly syncs: string[] = []
  /** Runs after an append to a journal that was cut short, before the next call. */
  afterShortAppend: (() => Promise<void>) | undefined
  /** The code with which every link fails from now on. */
  linkFailure: string | undefined
  readonly rename: FileSystem['rename'] = nodeFileSystem.rename
  readonly remove: FileSystem['remove'] = nodeFileSystem.remove
  readonly list: FileSystem['list'] = nodeFileSystem.list
  readonly ageMs: FileSystem['ageMs'] = nodeFileSystem.ageMs
  readonly makeDirectory: FileSystem['makeDirectory'] = nodeFileSystem.makeDirectory
  readonly syncDirectory: FileSystem['syncDirectory'] = nodeFileSystem.syncDirectory

  async link(from: string, to: string): Promise<void> {
    if (this.linkFailure !== undefined) throw failure(this.linkFailure)
    await nodeFileSystem.link(from, to)
  }

  async open(path: string, mode: Parameters<FileSystem['open']>[1]): Promise<OpenFile> {
    const file = await nodeFileSystem.open(path, mode)
    if (!path.includes('journal')) return file
    return {
      ...file,
      append: (bytes) => this.#append(file, bytes),
      sync: async () => {
        const code = this.syncs.shift()
        if (code !== undefined) throw failure(code)
        await file.sync()
      },
    }
  }

  async #append(file: OpenFile, bytes: Uint8Array): Promise<number> {
    const fault: AppendFault | undefined = this.isFull ? { code: 'ENOSPC' } : this.appends.shift()
    if (fault === undefined) return await file.append(bytes)
    const length = fault.bytes ?? 0
    const written = length === 0 ? 0 : await file.append(bytes.subarray(0, length))
    await this.afterShortAppend?.()
    if (fault.code !== undefined) throw failure(fault.code)
    return written
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`injected ${code}`), { code })
}

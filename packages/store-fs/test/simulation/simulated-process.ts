import { basename } from 'node:path'
import type { FileKind } from '@catalog/types'
import type { Awaitable, FileSystem, OpenFile, OpenMode } from '../../src/disk/file-system.ts'
import type { Timers } from '../../src/disk/timers.ts'
import { createDiskError, type ErrorCode } from './disk-error.ts'
import type { StepOwner } from './scheduler.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import type { SimulatedInode } from './simulated-inode.ts'

/** A call of the seam that a process is about to make. */
export interface DiskCall {
  /** 1, 2, 3 … for each process. */
  readonly number: number
  readonly kind: keyof FileSystem | keyof OpenFile
  readonly path: string
  /** How many bytes an append is given. */
  readonly bytes: number
}

/** What goes wrong with a call. An append writes `bytes` first; `kill` ends the process there. */
export type Fault =
  | { readonly kind: 'error'; readonly code: ErrorCode }
  | { readonly kind: 'short'; readonly bytes: number }
  | { readonly kind: 'kill'; readonly bytes: number }

/** Puts the calls of processes in an order. */
export interface CallOrder {
  order<T>(owner: StepOwner, call: DiskCall, run: () => T): Awaitable<T>
  addTimer(owner: StepOwner, label: string, run: () => void): () => void
}

/** A process that uses the disk: what it has open goes when it is killed, and its calls then never return. */
export class SimulatedProcess implements FileSystem, StepOwner {
  readonly name: string
  isAlive = true
  calls = 0
  /** Descriptors that it has not closed. */
  openFiles = 0
  /** Calls on files that it had closed: with real descriptors they would hit the file that has that number now. */
  readonly misuses: string[] = []
  /** Asked before every call. */
  findFault: (call: DiskCall) => Fault | undefined
  readonly #disk: SimulatedDisk
  readonly #order: CallOrder

  constructor(
    name: string,
    disk: SimulatedDisk,
    order: CallOrder,
    findFault: (call: DiskCall) => Fault | undefined = () => undefined,
  ) {
    this.name = name
    this.#disk = disk
    this.#order = order
    this.findFault = findFault
  }

  readonly timers: Timers = {
    nowMs: () => 0,
    // Not the delay, some of which is measured: a schedule must not depend on how fast it runs.
    after: (_delayMs, work) => this.#order.addTimer(this, 'timer', work),
  }

  kill(): void {
    this.isAlive = false
  }

  open(path: string, mode: OpenMode): Awaitable<OpenFile> {
    return this.#call('open', path, () => {
      const inode = this.#disk.open(path, mode)
      this.openFiles += 1
      return this.#fileOf(inode, path)
    })
  }

  makeDirectory(path: string): Awaitable<string | undefined> {
    return this.#call('makeDirectory', path, () => this.#disk.makeDirectory(path))
  }

  list(path: string): Awaitable<readonly string[]> {
    return this.#call('list', path, () => this.#disk.list(path))
  }

  link(from: string, to: string): Awaitable<void> {
    return this.#call('link', to, () => this.#disk.link(from, to))
  }

  rename(from: string, to: string): Awaitable<void> {
    return this.#call('rename', to, () => this.#disk.rename(from, to))
  }

  remove(path: string): Awaitable<void> {
    return this.#call('remove', path, () => this.#disk.remove(path))
  }

  ageMs(path: string): Awaitable<number> {
    return this.#call('ageMs', path, () => {
      if (!this.#disk.exists(path)) throw createDiskError('ENOENT', 'lstat', path)
      return 0
    })
  }

  kindOf(path: string): Awaitable<FileKind | undefined> {
    return this.#call('kindOf', path, () => this.#disk.kindOf(path))
  }

  syncDirectory(path: string): Awaitable<void> {
    return this.#call('syncDirectory', path, () => this.#disk.syncDirectory(path))
  }

  #fileOf(inode: SimulatedInode, path: string): OpenFile {
    let isOpen = true
    let toldFailures = inode.failedSyncs
    let hasFailedSync = false
    const sync = (): void => {
      // Linux may report success for data that is lost.
      if (hasFailedSync) this.misuses.push(`${this.name} synced ${basename(path)} again after a failure`)
      const isNews = toldFailures !== inode.failedSyncs
      toldFailures = inode.failedSyncs
      hasFailedSync ||= isNews
      if (isNews) throw createDiskError('EIO', 'fdatasync', path)
      inode.sync()
    }
    const whileOpen = <T>(run: () => T): T => {
      if (isOpen) return run()
      this.misuses.push(`${this.name} used ${basename(path)} after closing it`)
      throw createDiskError('EBADF', 'any', path)
    }
    // An interrupted or refused sync has done nothing; after any other the pages count as clean.
    const failSync = (code: ErrorCode): void => {
      hasFailedSync = true
      if (code !== 'EIO' && code !== 'ENOSPC') return
      inode.failSync()
      toldFailures = inode.failedSyncs
    }
    const closeOnce = (): void => {
      if (isOpen) this.openFiles -= 1
      isOpen = false
    }
    return {
      status: () =>
        this.#call('status', path, () =>
          whileOpen(() => ({
            size: inode.size,
            ino: inode.number,
            nlink: this.#disk.fileAt(path) === inode ? 1 : 0,
          })),
        ),
      isNamed: () => this.#call('isNamed', path, () => whileOpen(() => this.#disk.fileAt(path) === inode)),
      read: (buffer, position) =>
        this.#call('read', path, () => whileOpen(() => inode.read(buffer, position))),
      append: (bytes) => this.#append(inode, path, bytes, whileOpen),
      rewrite: (bytes, position) =>
        this.#call('rewrite', path, () => whileOpen(() => inode.rewrite(bytes, position))),
      sync: () => this.#call('sync', path, () => whileOpen(sync), failSync),
      // Linux closes the descriptor also where it reports an error.
      close: () => this.#call('close', path, closeOnce, closeOnce),
    }
  }

  #append(
    inode: SimulatedInode,
    path: string,
    bytes: Uint8Array,
    whileOpen: <T>(run: () => T) => T,
  ): Awaitable<number> {
    const call = this.#nextCall('append', path, bytes.length)
    return this.#ordered(call, () =>
      whileOpen(() => {
        const fault = this.findFault(call)
        if (fault?.kind === 'error') throw createDiskError(fault.code, 'write', path)
        const written = inode.append(fault === undefined ? bytes : bytes.subarray(0, fault.bytes))
        if (fault?.kind === 'kill') this.kill()
        return written
      }),
    )
  }

  #call<T>(
    kind: DiskCall['kind'],
    path: string,
    run: () => T,
    onError: (code: ErrorCode) => void = () => undefined,
  ): Awaitable<T> {
    const call = this.#nextCall(kind, path, 0)
    return this.#ordered(call, () => {
      const fault = this.findFault(call)
      if (fault?.kind === 'kill') this.kill()
      if (fault?.kind !== 'error') return run()
      onError(fault.code)
      throw createDiskError(fault.code, kind, path)
    })
  }

  #ordered<T>(call: DiskCall, run: () => T): Awaitable<T> {
    if (!this.isAlive) return new Promise<T>(() => undefined)
    return this.#order.order(this, call, run)
  }

  #nextCall(kind: DiskCall['kind'], path: string, bytes: number): DiskCall {
    this.calls += 1
    return { number: this.calls, kind, path, bytes }
  }
}

/** A label for the trace, the same for every run: temporary names carry a random id. */
export function labelOf({ kind, path, bytes }: DiskCall): string {
  const name = basename(path).replace(/-[0-9a-f-]{36}\.tmp$/u, '.tmp')
  return bytes > 0 ? `${kind} ${name} ${bytes}` : `${kind} ${name}`
}

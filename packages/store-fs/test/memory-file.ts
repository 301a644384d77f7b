import type { Awaitable, FileStatus, OpenFile } from '../src/disk/file-system.ts'
import { diskError } from './logging-disk.ts'

/** A file in memory that others may change at any time. */
export class MemoryFile implements OpenFile {
  bytes: Buffer = Buffer.alloc(0)
  nlink = 1
  named = true
  /** The lengths asked for. */
  readonly reads: number[] = []
  /** Runs before the next read. */
  beforeRead: (() => void) | undefined
  isAsynchronous = false
  namedLooks = 0
  /** What was written and made durable, in order. */
  readonly calls: string[] = []
  /** For the next appends: how many bytes they write, negative for so many less than all, and the error that they end with. */
  readonly faults: { readonly length?: number; readonly code?: string }[] = []
  /** The codes with which the next syncs fail. */
  readonly syncFaults: string[] = []

  status(): Awaitable<FileStatus> {
    const status = { size: this.bytes.length, ino: 4242, nlink: this.nlink }
    return this.isAsynchronous ? Promise.resolve(status) : status
  }

  isNamed(): boolean {
    this.namedLooks += 1
    return this.named
  }

  read(buffer: Uint8Array, position: number): number {
    this.beforeRead?.()
    this.reads.push(buffer.length)
    return this.bytes.copy(buffer, 0, position)
  }

  append(bytes: Uint8Array): number {
    const { length = bytes.length, code } = this.faults.shift() ?? {}
    this.calls.push(`append ${length < 0 ? bytes.length + length : length}`)
    const written = bytes.subarray(0, length)
    this.bytes = Buffer.concat([this.bytes, written])
    if (code !== undefined) throw diskError(code)
    return written.length
  }

  rewrite(bytes: Uint8Array, position: number): void {
    this.calls.push(`rewrite ${bytes.length} at ${position}`)
  }

  sync(): void {
    this.calls.push('sync')
    const code = this.syncFaults.shift()
    if (code !== undefined) throw diskError(code)
  }

  close(): void {
    this.calls.push('close')
  }
}

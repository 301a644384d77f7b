import type { BigIntStats } from 'node:fs'
import type { Fingerprint } from '@catalog/types'
import type { VolumeStamp } from '../barrier/volume-clock.ts'
import type { SmallFileRequest, SmallFileResult } from './hash-protocol.ts'

/** Digests small files within a hashing thread. */
export interface SmallFileDigester {
  digest(request: SmallFileRequest): SmallFileResult
}

/**
 * The whole protocol of a digest in one go, so that the caller's thread has one message to send for a small file
 * and one to receive, and no thread waits for another in between: look at the name, open, look at the descriptor,
 * sync it, read all of it, look at both again. What is out of the ordinary it leaves to the protocol of the caller's thread.
 *
 * It goes into the worker by its text, under the rules that `runHashWorker` tells.
 */
export function createSmallFileDigester(
  load: NodeJS.Require,
  cannotSync: readonly string[],
): SmallFileDigester {
  const { Buffer } = load('node:buffer') as typeof import('node:buffer')
  const { createHash } = load('node:crypto') as typeof import('node:crypto')
  const fs = load('node:fs') as typeof import('node:fs')
  const { WebAssembly: wasm } = globalThis as unknown as {
    WebAssembly: { Memory: new (pages: { initial: number }) => { buffer: ArrayBuffer } }
  }
  const FIELDS = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs', 'birthtimeNs'] as const
  // Fits the processor's nearer caches, so that the bytes are still there when they are hashed.
  const PIECE_BYTES = 256 * 1024
  // See `runHashWorker`.
  const SKIP_BYTES = 48
  const state: { piece?: Uint8Array; page?: Uint8Array; operation: string } = { operation: '' }

  const digester = {
    digest(request: SmallFileRequest): SmallFileResult {
      try {
        return digester.look(request)
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        // The name became a link since the look at it.
        if (state.operation === 'open' && code === 'ELOOP') return { outcome: 'declined' }
        return { outcome: 'failed', operation: state.operation, code, message }
      }
    },

    look(request: SmallFileRequest): SmallFileResult {
      const named = digester.lstat(request.path)
      if (!named.isFile()) return { outcome: 'declined' }
      const { expectedSizeBytes: expected } = request
      if (named.size > request.maxBytes) return { outcome: 'declined' }
      if (expected !== undefined && BigInt(expected) !== named.size) return { outcome: 'declined' }
      // Not opened before it is settled: it is looked at again then.
      const stamp = digester.findStamp(named, request)
      if (stamp === undefined) return digester.fresh(named)
      return digester.open(request.path, named, stamp)
    },

    open(path: string, named: BigIntStats, stamp: VolumeStamp): SmallFileResult {
      const fd = digester.openFd(path)
      try {
        return digester.read(fd, path, named, stamp)
      } finally {
        fs.closeSync(fd)
      }
    },

    openFd(path: string): number {
      state.operation = 'open'
      const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = fs.constants
      return fs.openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    },

    /**
     * The file was settled before the sync, so that one is both of those that the protocol of the caller's thread has. What
     * was stored through a mapping before is on the disk then and is read; what is stored after it changes the ctime.
     */
    read(fd: number, path: string, named: BigIntStats, stamp: VolumeStamp): SmallFileResult {
      digester.drain(path, Number(named.size))
      const isSynced = digester.sync(fd)
      if (digester.findChanges(named, digester.fstat(fd)).length > 0) return { outcome: 'declined' }
      const { doneBytes, digest } = digester.hash(fd, Number(named.size))
      const changed = digester.findChanges(named, digester.fstat(fd))
      digester.addChangesOfPath(changed, path, named, stamp)
      if (doneBytes !== Number(named.size) && !changed.includes('size')) changed.unshift('size')
      if (changed.length > 0) return { outcome: 'changed', changed }
      return { outcome: 'digested', digest, fingerprint: digester.fingerprint(named), isSynced }
    },

    /** As `drainWrites` of the room `barrier`, which tells why. */
    drain(path: string, sizeBytes: number): void {
      const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_DIRECT } = fs.constants
      if (O_DIRECT === undefined) return
      state.page ??= new Uint8Array(new wasm.Memory({ initial: 1 }).buffer)
      const { page } = state
      try {
        const fd = fs.openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_DIRECT)
        try {
          fs.readSync(fd, page, 0, page.length, Math.ceil(sizeBytes / page.length) * page.length)
        } finally {
          fs.closeSync(fd)
        }
      } catch {
        // Another file by now, or a file system without direct reading.
      }
    },

    sync(fd: number): boolean {
      state.operation = 'fsync'
      try {
        fs.fsyncSync(fd)
        return true
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code !== undefined && cannotSync.includes(code)) return false
        throw error
      }
    },

    fingerprint({ dev, ino, size, mtimeNs, ctimeNs, birthtimeNs }: BigIntStats): Fingerprint {
      const times = { mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs) }
      const fingerprint = { dev: String(dev), ino: String(ino), sizeBytes: Number(size), ...times }
      return birthtimeNs === BigInt(0) ? fingerprint : { ...fingerprint, birthtimeNs: String(birthtimeNs) }
    },

    /** One byte more than the file has is asked for: nothing may follow the last. */
    hash(fd: number, sizeBytes: number): { doneBytes: number; digest: string } {
      state.operation = 'read'
      const piece = digester.piece()
      const sha256 = createHash('sha256')
      let doneBytes = 0
      while (doneBytes <= sizeBytes) {
        const length = Math.min(piece.length, sizeBytes + 1 - doneBytes)
        const count = fs.readSync(fd, piece, 0, length, doneBytes)
        if (count === 0) break
        sha256.update(piece.subarray(0, count))
        doneBytes += count
      }
      return { doneBytes, digest: sha256.digest('hex') }
    },

    addChangesOfPath(changed: string[], path: string, named: BigIntStats, { isLocal }: VolumeStamp): void {
      try {
        const fields = digester.findChanges(named, digester.lstat(path))
        if (!isLocal && fields.length === 0)
          fields.push(...digester.findChanges(named, digester.reopen(path)))
        changed.push(...fields.filter((field) => !changed.includes(field)))
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
        changed.unshift('path')
      }
    },

    /** A network file system asks its server only then. */
    reopen(path: string): BigIntStats {
      const fd = digester.openFd(path)
      try {
        return digester.fstat(fd)
      } finally {
        fs.closeSync(fd)
      }
    },

    findStamp({ dev, ctimeNs }: BigIntStats, { stamps }: SmallFileRequest): VolumeStamp | undefined {
      return stamps.find((stamp) => stamp.dev === dev && ctimeNs < stamp.stampNs)
    },

    fresh({ dev, ctimeNs }: BigIntStats): SmallFileResult {
      return { outcome: 'fresh', dev, ctimeNs }
    },

    findChanges(first: BigIntStats, later: BigIntStats): string[] {
      return FIELDS.filter((field) => later[field] !== first[field])
    },

    lstat(path: string): BigIntStats {
      state.operation = 'lstat'
      return fs.lstatSync(path, { bigint: true })
    },

    fstat(fd: number): BigIntStats {
      state.operation = 'fstat'
      return fs.fstatSync(fd, { bigint: true })
    },

    piece(): Uint8Array {
      state.piece ??= Buffer.allocUnsafeSlow(SKIP_BYTES + PIECE_BYTES).subarray(SKIP_BYTES)
      return state.piece
    },
  }
  return digester
}

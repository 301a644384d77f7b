import { basename, dirname } from 'node:path'
import type { FileKind } from '@catalog/types'
import type { OpenMode } from '../../src/disk/file-system.ts'
import { createDiskError } from './disk-error.ts'
import type { Random } from './random.ts'
import {
  cloneEntry,
  type DirectoryEntry,
  type NameChange,
  SimulatedDirectory,
  SimulatedLink,
} from './simulated-directory.ts'
import { SimulatedInode } from './simulated-inode.ts'

/**
 * How operations on names survive a power cut that no sync of their directory preceded. `ordered`: the first
 * few, as on a journaling file system. `any`: whichever, which is all that POSIX says.
 */
export type NameLoss = 'ordered' | 'any'

interface NameOperation {
  readonly number: number
  readonly changes: readonly NameChange[]
}

/**
 * A disk in memory with the promises of POSIX and no others: file contents are durable after a sync of the
 * file, names after a sync of their directory, and a power cut takes any part of the rest.
 */
export class SimulatedDisk {
  #root = new SimulatedDirectory()
  #operations = 0
  /** The number of the last file that was made. */
  #inodes: number
  /** Operations on names, oldest first, that no sync has made durable. */
  #pending: NameOperation[] = []

  constructor(inodes = 0) {
    this.#inodes = inodes
  }

  open(path: string, mode: OpenMode): SimulatedInode {
    const directory = this.#directoryOf(path, 'open')
    const found = directory.names.get(basename(path))
    if (found === undefined) {
      if (mode === 'read' || mode === 'append') throw createDiskError('ENOENT', 'open', path)
      this.#inodes += 1
      const inode = new SimulatedInode(this.#inodes)
      this.#apply([{ directory, name: basename(path), entry: inode }])
      return inode
    }
    if (mode === 'create-new') throw createDiskError('EEXIST', 'open', path)
    if (found instanceof SimulatedLink) throw createDiskError('ELOOP', 'open', path)
    if (found instanceof SimulatedDirectory) throw createDiskError('EISDIR', 'open', path)
    return found
  }

  makeDirectory(path: string): string | undefined {
    const found = this.#find(path)
    if (found instanceof SimulatedDirectory) return undefined
    if (found !== undefined) throw createDiskError('EEXIST', 'mkdir', path)
    const first = this.makeDirectory(dirname(path))
    const directory = this.#directoryOf(path, 'mkdir')
    this.#apply([{ directory, name: basename(path), entry: new SimulatedDirectory() }])
    return first ?? path
  }

  list(path: string): readonly string[] {
    return [...this.#directoryAt(path, 'scandir').names.keys()]
  }

  link(from: string, to: string): void {
    const entry = this.#entryAt(from, 'link')
    const directory = this.#directoryOf(to, 'link')
    if (directory.names.has(basename(to))) throw createDiskError('EEXIST', 'link', to)
    this.#apply([{ directory, name: basename(to), entry }])
  }

  /** One operation, for any directories it touches: a power cut leaves it done or not done. */
  rename(from: string, to: string): void {
    const entry = this.#entryAt(from, 'rename')
    this.#apply([
      { directory: this.#directoryOf(from, 'rename'), name: basename(from), entry: undefined },
      { directory: this.#directoryOf(to, 'rename'), name: basename(to), entry },
    ])
  }

  remove(path: string): void {
    this.#entryAt(path, 'unlink')
    this.#apply([{ directory: this.#directoryOf(path, 'unlink'), name: basename(path), entry: undefined }])
  }

  kindOf(path: string): FileKind | undefined {
    const found = this.#find(path)
    if (found === undefined) return undefined
    if (found instanceof SimulatedLink) return 'symbolic link'
    return found instanceof SimulatedDirectory ? 'directory' : 'file'
  }

  plantSymbolicLink(path: string): void {
    const directory = this.#directoryOf(path, 'symlink')
    this.#apply([{ directory, name: basename(path), entry: new SimulatedLink() }])
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined
  }

  /** The bytes of a file as any process reads them; undefined if it does not exist. */
  peek(path: string): Buffer | undefined {
    return this.fileAt(path)?.bytes
  }

  fileAt(path: string): SimulatedInode | undefined {
    const found = this.#find(path)
    return found instanceof SimulatedInode ? found : undefined
  }

  /** Makes the operations on this directory's names durable, in whole also where they touch another. */
  syncDirectory(path: string): void {
    const directory = this.#directoryAt(path, 'fsync')
    const isTouched = ({ changes }: NameOperation) => changes.some((change) => change.directory === directory)
    for (const operation of this.#pending.filter(isTouched)) makeDurable(operation)
    this.#pending = this.#pending.filter((operation) => !isTouched(operation))
  }

  /** `sync(2)`: all that is there is durable. */
  sync(): void {
    for (const operation of this.#pending) makeDurable(operation)
    this.#pending = []
    syncInodes(this.#root)
  }

  /** True where the power cut took bytes that a sync had failed on. Every process must be killed with it. */
  cutPower(random: Random, nameLoss: NameLoss): boolean {
    this.#loseNames(random, nameLoss)
    const known = new Set<DirectoryEntry>()
    return this.#restart(this.#root, random, known)
  }

  clone(): SimulatedDisk {
    const copies = new Map<DirectoryEntry, DirectoryEntry>()
    const copy = new SimulatedDisk()
    copy.#root = this.#root.clone(copies)
    copy.#operations = this.#operations
    copy.#inodes = this.#inodes
    copy.#pending = this.#pending.map(({ number, changes }) => ({
      number,
      changes: changes.map(({ directory, name, entry }) => ({
        directory: cloneEntry(directory, copies) as SimulatedDirectory,
        name,
        entry: entry && cloneEntry(entry, copies),
      })),
    }))
    return copy
  }

  #loseNames(random: Random, nameLoss: NameLoss): void {
    const share = random.pick([0, 0.5, 1])
    const kept = random.below(this.#pending.length + 1)
    this.#pending.forEach((operation, index) => {
      if (nameLoss === 'ordered' ? index < kept : random.chance(share)) makeDurable(operation)
    })
    this.#pending = []
  }

  #restart(directory: SimulatedDirectory, random: Random, known: Set<DirectoryEntry>): boolean {
    let hasLostFailed = false
    directory.restart()
    for (const entry of directory.names.values()) {
      if (known.has(entry)) continue
      known.add(entry)
      if (entry instanceof SimulatedDirectory)
        hasLostFailed = this.#restart(entry, random, known) || hasLostFailed
      if (entry instanceof SimulatedInode) hasLostFailed = entry.loseUnsynced(random) || hasLostFailed
    }
    return hasLostFailed
  }

  #apply(changes: readonly NameChange[]): void {
    for (const { directory, name, entry } of changes) directory.change(name, entry)
    this.#operations += 1
    this.#pending.push({ number: this.#operations, changes })
  }

  #find(path: string): DirectoryEntry | undefined {
    let found: DirectoryEntry | undefined = this.#root
    for (const name of path.split('/')) {
      if (name === '') continue
      found = found instanceof SimulatedDirectory ? found.names.get(name) : undefined
    }
    return found
  }

  #entryAt(path: string, call: string): DirectoryEntry {
    const found = this.#find(path)
    if (found === undefined) throw createDiskError('ENOENT', call, path)
    return found
  }

  #directoryAt(path: string, call: string): SimulatedDirectory {
    const found = this.#entryAt(path, call)
    if (!(found instanceof SimulatedDirectory)) throw createDiskError('ENOTDIR', call, path)
    return found
  }

  #directoryOf(path: string, call: string): SimulatedDirectory {
    return this.#directoryAt(dirname(path), call)
  }
}

function makeDurable({ number, changes }: NameOperation): void {
  for (const { directory, name, entry } of changes) directory.makeDurable(name, entry, number)
}

function syncInodes(directory: SimulatedDirectory): void {
  for (const entry of directory.names.values()) {
    if (entry instanceof SimulatedDirectory) syncInodes(entry)
    if (entry instanceof SimulatedInode) entry.sync()
  }
}

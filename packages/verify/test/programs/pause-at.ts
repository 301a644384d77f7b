import fs, { readSync, writeSync } from 'node:fs'
import files, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

/** Tells the process that started this one which step comes next, and stands still until it may be taken. */
export function pauseAt(step: string): void {
  writeSync(1, `${step}\n`)
  readSync(0, Buffer.alloc(1))
}

/** Pauses before each call by which this program changes a file, under the name of the call. */
export async function pauseAtChanges(): Promise<void> {
  const handle = await files.open(process.execPath)
  pauseBefore<FileHandle>(Object.getPrototypeOf(handle), ['truncate', 'write'])
  await handle.close()
  pauseBefore(files, ['open', 'rename', 'rm'])
  pauseBefore(fs, ['fdatasync', 'fsync'])
  syncBuiltinESMExports()
}

function pauseBefore<T extends object>(owner: T, names: readonly (keyof T & string)[]): void {
  for (const name of names) {
    const call = owner[name] as (...args: unknown[]) => unknown
    const pausing = function (this: unknown, ...args: unknown[]): unknown {
      pauseAt(name)
      return call.apply(this, args)
    }
    Object.assign(owner, { [name]: pausing })
  }
}

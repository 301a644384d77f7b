import { readSync, writeSync } from 'node:fs'

/** Tells the process that started this one which step comes next, and stands still until it may be taken. */
export function pauseAt(step: string): void {
  writeSync(1, `${step}\n`)
  readSync(0, Buffer.alloc(1))
}

import { closeSync, cpSync, fsyncSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../programs.ts'
import type { Workspace } from '../workspace.ts'
import { FAILED_EVERY } from './models.ts'

/** Makes the catalogs that figures are measured on, each size once in a run. */
export class Catalogs {
  readonly #workspace: Workspace
  readonly #made = new Map<string, Promise<string>>()

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** The root of a catalog of this many entries, to read only. `failedEvery` 1 makes all of them Failed. */
  make(entries: number, failedEvery: number = FAILED_EVERY): Promise<string> {
    const key = `${entries}-${failedEvery}`
    const made = this.#made.get(key) ?? this.#make(entries, failedEvery)
    this.#made.set(key, made)
    return made
  }

  /** A copy of it to write to. */
  async copy(entries: number): Promise<string> {
    return copyDirectory(await this.make(entries), this.#workspace.newPath('copy'))
  }

  async #make(entries: number, failedEvery: number): Promise<string> {
    const root = this.#workspace.newPath(`catalog-${entries}`)
    // In a process of its own, with as much memory as it takes.
    await runProgram('make-catalog', [root, `${entries}`, `${failedEvery}`], ['--max-old-space-size=12000'])
    return root
  }
}

/** Copies a directory to the disk itself: else its write-back would slow down what is measured. Gives `to`. */
export function copyDirectory(from: string, to: string): string {
  cpSync(from, to, { recursive: true })
  for (const name of readdirSync(to, { recursive: true, encoding: 'utf8' })) syncPath(join(to, name))
  return to
}

function syncPath(path: string): void {
  const fd = openSync(path, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

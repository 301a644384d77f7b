import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundlePrograms, type ProgramName } from './bundle.ts'
import { type MountedDisk, mountImage, mountMemory } from './disks.ts'
import type { ProgramLine } from './lines.ts'
import { type RunningProgram, startProcess } from './processes.ts'

/**
 * All that a run takes from the machine: a temporary directory, processes and mounts. Disposing of it gives
 * everything back, whatever state it is in.
 */
export class Workspace implements AsyncDisposable {
  readonly path: string
  readonly #pathOf: (name: ProgramName) => string
  readonly #programs = new Set<RunningProgram>()
  readonly #disks: Promise<MountedDisk>[] = []
  #closing: Promise<void> | undefined

  private constructor(path: string, pathOf: (name: ProgramName) => string) {
    this.path = path
    this.#pathOf = pathOf
  }

  static async open(): Promise<Workspace> {
    const path = await mkdtemp(join(tmpdir(), 'catalog-torture-'))
    return new Workspace(path, await bundlePrograms(join(path, 'programs')))
  }

  /** The bundled program. */
  pathOf(name: ProgramName): string {
    return this.#pathOf(name)
  }

  /** Starts a program with its job. */
  start<Job>(name: ProgramName, job: Job, onLine: (line: ProgramLine) => void): RunningProgram {
    return this.startCommand([process.execPath, this.pathOf(name), JSON.stringify(job)], onLine)
  }

  startCommand(command: readonly string[], onLine: (line: ProgramLine) => void): RunningProgram {
    if (this.#closing !== undefined) throw new Error('the run is over')
    const program = startProcess(command, onLine)
    this.#programs.add(program)
    program.ended.then(() => this.#programs.delete(program))
    return program
  }

  mountImage(type: 'ext4' | 'xfs', sizeBytes: number): Promise<MountedDisk> {
    return this.#keep(type, (path) => mountImage(`${path}.image`, path, type, sizeBytes))
  }

  mountMemory(sizeBytes: number): Promise<MountedDisk> {
    return this.#keep('tmpfs', (path) => mountMemory(path, sizeBytes))
  }

  /** May be called again, as when a run is called off while it ends: then it waits for the first call. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const running = [...this.#programs]
    // Also ends those that are stopped.
    for (const program of running) program.signal('SIGKILL')
    await Promise.all(running.map(({ ended }) => ended))
    for (const disk of await Promise.allSettled(this.#disks)) {
      if (disk.status === 'fulfilled') await disk.value.release()
    }
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 })
  }

  #keep(name: string, mount: (path: string) => Promise<MountedDisk>): Promise<MountedDisk> {
    if (this.#closing !== undefined) throw new Error('the run is over')
    const path = join(this.path, name)
    const disk = mkdir(path).then(() => mount(path))
    this.#disks.push(disk)
    return disk
  }
}

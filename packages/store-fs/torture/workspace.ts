import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BundledProgram,
  bundleProgram,
  type MountedDisk,
  mountImage,
  mountMemory,
} from '@catalog/testkit/running'
import type { ProgramLine } from './lines.ts'
import { type RunningProgram, startProcess } from './processes.ts'

const PROGRAMS = ['mixed-writer', 'reader', 'registrar', 'simulate', 'view-reader'] as const

type ProgramName = (typeof PROGRAMS)[number]

/**
 * All that a run takes from the machine: a temporary directory, processes and mounts. Disposing of it gives
 * everything back, in any state.
 */
export class Workspace implements AsyncDisposable {
  readonly path: string
  readonly #bundles: ReadonlyMap<ProgramName, BundledProgram>
  readonly #programs = new Set<RunningProgram>()
  readonly #disks: Promise<MountedDisk>[] = []
  #closing: Promise<void> | undefined

  private constructor(path: string, bundles: ReadonlyMap<ProgramName, BundledProgram>) {
    this.path = path
    this.#bundles = bundles
  }

  /** Bundles the programs. Needs the stage that `createStage` creates. */
  static async open(programs: readonly ProgramName[] = PROGRAMS): Promise<Workspace> {
    const bundles = new Map<ProgramName, BundledProgram>()
    for (const name of programs) {
      bundles.set(name, await bundleProgram(new URL(`./programs/${name}.ts`, import.meta.url)))
    }
    return new Workspace(await mkdtemp(join(tmpdir(), 'catalog-torture-')), bundles)
  }

  bundleOf(name: ProgramName): BundledProgram {
    const bundle = this.#bundles.get(name)
    if (bundle === undefined) throw new Error(`no program: ${name}`)
    return bundle
  }

  /** Starts a program with its job. */
  start<Job>(name: ProgramName, job: Job, onLine: (line: ProgramLine) => void): RunningProgram {
    const { node, path } = this.bundleOf(name)
    return this.startCommand([node, path, JSON.stringify(job)], onLine)
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

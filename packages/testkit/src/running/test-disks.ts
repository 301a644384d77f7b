import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DISK_KINDS, type DiskKind } from './disk-kinds.ts'
import { mountMemory, untilLetGo } from './disks.ts'

const run = promisify(execFile)

/** A disk that can be mounted, here or there, and again. One of tmpfs is another, empty one at each mount. */
export interface DiskImage {
  readonly kind: DiskKind
  readonly name: string
  /** The file that it is in; empty for tmpfs. */
  readonly file: string
}

export interface MountOptions {
  /** The number of the loop device, which is the device number of the files; default: one that is free. */
  readonly loop?: number
  /** Of `mount -o`. */
  readonly options?: readonly string[]
}

interface Mounted {
  readonly image: DiskImage
  readonly path: string
  /** The image below an overlay. */
  readonly below?: string
  readonly device?: string
}

const HOST_BYTES = 4 << 30
/** Not those that `losetup --find` gives to others. */
const FIRST_LOOP = 64
const LAST_LOOP = 4095

/**
 * Disks of all kinds, in images that lie in memory, so that what they sync takes no time. Disposing of it unmounts all
 * that is mounted. Needs the right to mount, and what `DISK_KINDS` says of a kind.
 */
export class TestDisks implements AsyncDisposable {
  /** A directory on a disk in memory, for mount points and anything else. */
  readonly path: string
  readonly #release: () => Promise<void>
  readonly #mounted = new Map<string, Mounted>()
  #made = 0

  private constructor(path: string, release: () => Promise<void>) {
    this.path = path
    this.#release = release
  }

  static async open(): Promise<TestDisks> {
    const path = await mkdtemp(join(tmpdir(), 'catalog-disks-'))
    const host = await mountMemory(path, HOST_BYTES)
    return new TestDisks(path, async () => {
      await host.release()
      await rm(path, { recursive: true, force: true })
    })
  }

  /** A path for something that is not there yet. */
  at(...names: readonly string[]): string {
    return join(this.path, ...names)
  }

  /** Formats a disk; one of squashfs is made of a directory, and all its times are `timeSeconds`. */
  async create(
    kind: DiskKind,
    from: { readonly directory?: string; readonly timeSeconds?: number } = {},
  ): Promise<DiskImage> {
    this.#made += 1
    const name = `${kind}-${this.#made}`
    const image = { kind, name, file: kind === 'tmpfs' ? '' : this.at(`${name}.image`) }
    if (kind === 'squashfs') await pack(image.file, from.directory ?? '', from.timeSeconds ?? 1)
    const { format, sizeBytes } = DISK_KINDS[kind]
    if (format === undefined) return image
    await createSparse(image.file, sizeBytes)
    const [program = '', ...args] = format
    await run(program, [...args, image.file])
    return image
  }

  /** Another disk with the same bytes, ids and times. Not while it is mounted. */
  async clone({ kind, file }: DiskImage): Promise<DiskImage> {
    this.#made += 1
    const name = `${kind}-${this.#made}`
    await copyFile(file, this.at(`${name}.image`))
    return { kind, name, file: this.at(`${name}.image`) }
  }

  /** Mounts it; makes the mount point if there is none. Resolves to `path`. */
  async mount(image: DiskImage, path: string, { loop, options = [] }: MountOptions = {}): Promise<string> {
    await mkdir(path, { recursive: true })
    const { kind } = image
    if (kind === 'tmpfs') {
      await mountAs('tmpfs', 'tmpfs', path, [`size=${DISK_KINDS.tmpfs.sizeBytes}`, ...options])
      this.#mounted.set(path, { image, path })
      return path
    }
    await untilLetGo(image.file)
    const device = await attach(image.file, loop, kind === 'squashfs')
    if (kind !== 'overlay') {
      await mountAs(DISK_KINDS[kind].type, device, path, options)
      this.#mounted.set(path, { image, path, device })
      return path
    }
    const below = this.at(`${image.name}.below`)
    await mkdir(below, { recursive: true })
    await mountAs('ext4', device, below, options)
    this.#mounted.set(path, { image, path, below, device })
    await mountOverlay(below, path)
    return path
  }

  /** Nothing where nothing is mounted. */
  async unmount(path: string, { isLazy = false }: { readonly isLazy?: boolean } = {}): Promise<void> {
    const mounted = this.#mounted.get(path)
    if (mounted === undefined) return
    const how = isLazy ? ['--lazy'] : []
    await run('umount', [...how, path])
    if (mounted.below !== undefined) await run('umount', [...how, mounted.below])
    this.#mounted.delete(path)
    if (mounted.device !== undefined)
      await run('losetup', ['--detach', mounted.device]).catch(() => undefined)
    if (!isLazy && mounted.image.file !== '') await untilLetGo(mounted.image.file)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The last first: one may be mounted below another.
    for (const path of [...this.#mounted.keys()].reverse()) await this.unmount(path, { isLazy: true })
    await this.#release()
  }
}

async function mountAs(
  type: string,
  source: string,
  path: string,
  options: readonly string[],
): Promise<void> {
  const given = options.length === 0 ? [] : ['-o', options.join()]
  await run('mount', ['-t', type, ...given, source, path])
}

async function mountOverlay(below: string, path: string): Promise<void> {
  for (const name of ['lower', 'upper', 'work']) await mkdir(join(below, name), { recursive: true })
  const [lower, upper, work] = ['lower', 'upper', 'work'].map((name) => join(below, name))
  await mountAs('overlay', 'overlay', path, [`lowerdir=${lower}`, `upperdir=${upper}`, `workdir=${work}`])
}

/** A loop device of the image; another process may take a free number at the same moment. */
async function attach(image: string, loop: number | undefined, isReadOnly: boolean): Promise<string> {
  const how = isReadOnly ? ['--read-only'] : []
  if (loop !== undefined) {
    await run('losetup', [...how, `/dev/loop${loop}`, image])
    return `/dev/loop${loop}`
  }
  const { stdout } = await run('losetup', [...how, '--find', '--show', image])
  return stdout.trim()
}

/** Numbers of loop devices that no other program uses, far from those that the kernel hands out. */
export function findFreeLoops(count: number): readonly number[] {
  const found: number[] = []
  const from = FIRST_LOOP + (process.pid % (LAST_LOOP - FIRST_LOOP - 64))
  for (let number = from; found.length < count && number < LAST_LOOP; number += 1) {
    if (!existsSync(`/sys/block/loop${number}/loop/backing_file`)) found.push(number)
  }
  return found
}

async function pack(image: string, directory: string, timeSeconds: number): Promise<void> {
  const times = ['-all-time', String(timeSeconds), '-mkfs-time', String(timeSeconds)]
  await run('mksquashfs', [directory, image, '-noappend', '-quiet', '-no-progress', ...times])
}

async function createSparse(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.truncate(sizeBytes)
  } finally {
    await file.close()
  }
}

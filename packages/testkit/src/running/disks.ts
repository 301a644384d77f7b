import { execFile } from 'node:child_process'
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** In nanoseconds of the machine's monotonic clock. */
export interface PowerCut {
  readonly before: number
  readonly after: number
}

/** A file system of its own. */
export interface MountedDisk {
  readonly path: string
  /**
   * FS_IOC_SHUTDOWN without flushing the log: what was not synced is gone, and every later call fails. Resolves to
   * the moments right before and right after.
   */
  cutPower(): Promise<PowerCut>
  mount(): Promise<void>
  /** Nothing where it is not mounted. */
  unmount(): Promise<void>
  /** Unmounts it for good, also under the hands of a run that goes on. */
  release(): Promise<void>
}

/**
 * The ioctl takes a pointer to the flag: 2 = NOLOGFLUSH. With real-time priority, so that nothing comes between the
 * looks at the clock and the cut. Never on a path that is not mounted: that would be the disk of the machine.
 */
const SHUTDOWN = `
import fcntl, os, struct, sys, time
if not os.path.ismount(sys.argv[1]):
    sys.exit('not a mount point')
root = os.open(sys.argv[1], os.O_RDONLY)
flag = struct.pack('I', 2)
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
except OSError:
    pass
before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
fcntl.ioctl(root, 0x8004587D, flag)
print(before, time.clock_gettime_ns(time.CLOCK_MONOTONIC))
`

/** A file with a file system in it, mounted by way of a loop device that unmounting frees. */
export async function mountImage(
  image: string,
  path: string,
  type: 'btrfs' | 'ext4' | 'xfs',
  sizeBytes: number,
  /** What `mkfs` is told besides. */
  format: readonly string[] = [],
): Promise<MountedDisk> {
  const file = await open(image, 'wx')
  try {
    await file.truncate(sizeBytes)
  } finally {
    await file.close()
  }
  await run(`mkfs.${type}`, ['-q', ...format, image])
  return await mountDisk(path, ['-t', type, '-o', 'loop', image], () => untilLetGo(image))
}

export function mountMemory(path: string, sizeBytes: number): Promise<MountedDisk> {
  return mountDisk(path, ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs'], async () => undefined)
}

const LOOK_EVERY_MS = 50
const MOST_LOOKS = 4000

/**
 * Waits until nothing uses the image any more. A mount namespace that another process created keeps a copy of the mount,
 * and udev opens a device after it was unmounted; mounting again would then return the file system that was shut down.
 */
export async function untilLetGo(image: string): Promise<void> {
  const findDevices = async (): Promise<string> => (await run('losetup', ['--associated', image])).stdout
  let devices = await findDevices()
  for (let looks = 1; devices !== '' && looks < MOST_LOOKS; looks += 1) {
    await setTimeout(LOOK_EVERY_MS)
    devices = await findDevices()
  }
  if (devices !== '') throw new Error(`${image} stays mounted in another mount namespace: ${devices.trim()}`)
}

async function mountDisk(
  path: string,
  source: readonly string[],
  untilUnmounted: () => Promise<void>,
): Promise<MountedDisk> {
  let isMounted = false
  let isReleased = false
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }
  const unmount = async (...options: readonly string[]): Promise<void> => {
    if (!isMounted) return
    await run('umount', [...options, path])
    isMounted = false
  }
  const disk: MountedDisk = {
    path,
    async cutPower() {
      const { stdout } = await run('python3', ['-c', SHUTDOWN, path])
      const [before = Number.NaN, after = Number.NaN] = stdout.split(' ').map(Number)
      return { before, after }
    },
    mount: () =>
      inTurn(async () => {
        if (isReleased) throw new Error('the run is over')
        await untilUnmounted()
        await run('mount', [...source, path])
        isMounted = true
      }),
    unmount: () => inTurn(() => unmount()),
    release() {
      isReleased = true
      // Lazily: a run that was called off may have a store open here, and ends with this process.
      return inTurn(() => unmount('--lazy'))
    },
  }
  await disk.mount()
  return disk
}

/** A file of all that is free but for some bytes. */
export function fillDisk(path: string, leftBytes: number): void {
  const file = openSync(path, 'wx')
  try {
    let size = 0
    for (let piece = 64 << 10; piece > 0; ) {
      try {
        size += writeSync(file, Buffer.alloc(piece))
      } catch {
        piece = Math.floor(piece / 2)
      }
    }
    ftruncateSync(file, Math.max(0, size - leftBytes))
  } finally {
    closeSync(file)
  }
}

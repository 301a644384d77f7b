import fs from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { errnoOf } from '@catalog/system-calls'

const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = fs.constants
const STICKY = 0o1000
const OWNER_BITS = 0o700
const GROUP_BITS = 0o070
const OTHER_BITS = 0o007
const MODE_BITS = 0o7777
const FILE_BITS = 0o666

/**
 * The mode to make a new file with: the directory's rights at most, from the first moment on. The umask of the process takes
 * from it.
 */
export async function modeOfNewFile(path: string): Promise<number> {
  if (process.geteuid === undefined) return FILE_BITS
  const directory = await statOf(dirname(path)).catch(() => undefined)
  return ((directory?.mode ?? 0) | OWNER_BITS) & FILE_BITS
}

/**
 * Those who may use a directory may use what is new in it, and no one else, regardless of the umask of the process that
 * happens to make it: umask 077 would lock out all others who share the catalog, and umask 022 would let anyone read
 * the credentials in its sources. Only what this process has made itself is changed, as far as the system allows: a
 * file stays usable to its maker in any case.
 */
export async function inheritFromDirectory(handle: fs.promises.FileHandle, path: string): Promise<void> {
  await takeAccess(handle, await statOf(dirname(path)), (mode, made) => toNewMode(mode & FILE_BITS, made))
}

/** For directories that were just made: from the first of them down to the path. */
export async function inheritDirectories(first: string, path: string): Promise<void> {
  const below = relative(first, path).split(sep).filter(Boolean)
  for (let count = 0; count <= below.length; count += 1) {
    const made = join(first, ...below.slice(0, count))
    const handle = await fs.promises.open(made, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    try {
      await takeAccess(handle, await statOf(dirname(made)), (mode, made) => toNewMode(mode & 0o2777, made))
    } finally {
      await handle.close()
    }
  }
}

/**
 * For a file that is about to be renamed over another: from that one. If it then belongs to another user, whom the mode of
 * the old one did not keep out, also from its directory; if there is no old one, only from there.
 */
export async function inheritFromReplaced(from: string, to: string): Promise<void> {
  const handle = await fs.promises.open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const replaced = await statIfPresent(to)
    const own = await handle.stat()
    if (!own.isFile() || own.nlink !== 1 || own.uid !== process.geteuid?.()) return
    if (replaced === undefined || !replaced.isFile()) return await inheritFromDirectory(handle, to)
    await takeAccess(handle, replaced, (mode) => mode & 0o777)
    const now = await handle.stat()
    if (now.uid === replaced.uid) return
    const directory = await statOf(dirname(to))
    if ((directory.mode & STICKY) === 0) await changeMode(handle, now.mode | (directory.mode & 0o666))
  } finally {
    await handle.close()
  }
}

async function takeAccess(
  handle: fs.promises.FileHandle,
  model: fs.Stats,
  choose: (modelMode: number, madeMode: number) => number,
): Promise<void> {
  // Windows has access lists, which are inherited.
  if (process.geteuid === undefined) return
  const made = await handle.stat()
  // Where all users may make files, such as /tmp, each user owns theirs.
  const isOwn = (model.mode & STICKY) !== 0
  const hasGroup = isOwn ? model.gid === made.gid : await takeOwner(handle, made, model)
  // To the directory, the members of another group than its own are others.
  const rights = hasGroup ? model.mode : giveOthersRightsToGroup(model.mode)
  const found = made.mode & MODE_BITS
  const mode = isOwn ? found & (rights | ~(GROUP_BITS | OTHER_BITS)) : choose(rights, found)
  if (mode !== found) await changeMode(handle, mode)
}

/** The rights of the directory, beside those that the owner has anyway. */
function toNewMode(rights: number, made: number): number {
  return rights | (made & ~(GROUP_BITS | OTHER_BITS))
}

function giveOthersRightsToGroup(mode: number): number {
  return (mode & ~GROUP_BITS) | ((mode & OTHER_BITS) << 3)
}

/** Whether the file now has the group of the model. Root gives it to the owner as well. */
async function takeOwner(handle: fs.promises.FileHandle, made: fs.Stats, model: fs.Stats): Promise<boolean> {
  const uid = process.geteuid?.() === 0 ? model.uid : made.uid
  if (uid === made.uid && model.gid === made.gid) return true
  try {
    await handle.chown(uid, model.gid)
    return true
  } catch {
    return model.gid === made.gid
  }
}

async function changeMode(handle: fs.promises.FileHandle, mode: number): Promise<void> {
  // Not all file systems have modes.
  await handle.chmod(mode & MODE_BITS).catch(() => undefined)
}

function statOf(path: string): Promise<fs.Stats> {
  return fs.promises.stat(path)
}

async function statIfPresent(path: string): Promise<fs.Stats | undefined> {
  try {
    return await fs.promises.lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

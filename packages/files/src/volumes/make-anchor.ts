import { randomInt, randomUUID } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { errnoOf, setTimesOf, syncDirectory, syncHandle, writeAt } from '@catalog/system-calls'
import { formatAnchor } from './anchor-form.ts'
import { readAnchor } from './read-anchor.ts'

const MODE = 0o644
const MAX_TRIES = 3
const YEARS_OF_MTIMES = 20
const SECONDS_PER_YEAR = 31_556_952
const MICROSECONDS = 1_000_000
const MOST_SKIPPED_INODES = 64
/** For how long a clock of coarse steps is waited for. */
const BIRTH_TIME_LOOKS = 20
const BIRTH_TIME_WAIT_MS = 2

/**
 * Makes an anchor with a new id unless a valid one is there; a file that is not an anchor is replaced. It is on disk,
 * with its name, when this resolves. Errors are as the system gives them.
 */
export async function makeAnchor(path: string): Promise<void> {
  for (let tries = 1; readAnchor(path)?.volume === undefined; tries += 1) {
    try {
      await makeOne(path)
    } catch (error) {
      // A store clears away old temporary files, and this one's time is a random one.
      if (errnoOf(error) !== 'ENOENT' || tries === MAX_TRIES) throw error
    }
    if (tries === MAX_TRIES) return
  }
}

async function makeOne(path: string): Promise<void> {
  const made: string[] = []
  const makeName = (): string => {
    const name = `${path}.${randomUUID()}.tmp`
    made.push(name)
    return name
  }
  try {
    const temporary = makeName()
    const isAnchor = await writeTemporary(temporary, true)
    await nameAnchor(isAnchor ? temporary : await writeAtRandomInode(makeName), path)
  } finally {
    for (const name of made) await rm(name, { force: true })
  }
  await syncDirectory(dirname(path))
}

/**
 * Without a birth time the inode number alone tells an anchor from a copy of it, and on a disk that was made alike the copy
 * gets the next free number, as the anchor did: so this one skips some.
 */
async function writeAtRandomInode(makeName: () => string): Promise<string> {
  for (let left = 1 + randomInt(MOST_SKIPPED_INODES); left > 0; left -= 1) {
    await (await open(makeName(), 'wx', MODE)).close()
  }
  const temporary = makeName()
  await writeTemporary(temporary, false)
  return temporary
}

/** Writes an anchor; false, and nothing is written, if it needs a birth time and the file system has none to trust. */
async function writeTemporary(temporary: string, needsBirthTime: boolean): Promise<boolean> {
  const file = await open(temporary, 'wx', MODE)
  try {
    // Regardless of the umask: all readers of the catalog need to read this as well, and it holds no secret.
    await file.chmod(MODE)
    const hasBirthTime = needsBirthTime && (await probeBirthTime(file))
    if (needsBirthTime && !hasBirthTime) return false
    const { ino, birthtimeNs } = await file.stat({ bigint: true })
    const content = { id: randomUUID(), ino: `${ino}` }
    const text = formatAnchor(hasBirthTime ? { ...content, birthtimeNs: `${birthtimeNs}` } : content)
    await writeAt(
      async (bytes, at) => (await file.write(bytes, 0, bytes.length, at)).bytesWritten,
      0,
      Buffer.from(text),
    )
    await setRandomTime(file)
    await syncHandle(file)
    return true
  } finally {
    await file.close()
  }
}

/**
 * Whether the file system tells when a file was made, and neither utimes nor chmod moves that. Node may give the ctime
 * instead, so the ctime has to move first.
 */
async function probeBirthTime(file: FileHandle): Promise<boolean> {
  const made = await file.stat({ bigint: true })
  if (made.birthtimeNs <= 0n) return false
  await setRandomTime(file)
  for (let looks = 1; looks <= BIRTH_TIME_LOOKS; looks += 1) {
    await file.chmod(MODE)
    const changed = await file.stat({ bigint: true })
    if (changed.ctimeNs !== made.ctimeNs) return isTrusted(made, changed)
    await setTimeout(BIRTH_TIME_WAIT_MS)
  }
  return false
}

function isTrusted(made: BigIntStats, changed: BigIntStats): boolean {
  return changed.birthtimeNs === made.birthtimeNs && changed.birthtimeNs !== changed.ctimeNs
}

/** By which a look tells this anchor from one on another disk that has all its other numbers. */
async function setRandomTime(file: FileHandle): Promise<void> {
  const seconds = Date.now() / 1000 - randomInt(YEARS_OF_MTIMES * SECONDS_PER_YEAR)
  const time = Math.floor(seconds) + randomInt(MICROSECONDS) / MICROSECONDS
  await setTimesOf(file, time, time)
}

/** Never over a valid anchor that another process made meanwhile, except at the very moment that both replace a bad one. */
async function nameAnchor(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
    return
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    // The others say that the file system has no hard links.
    if (!['EEXIST', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errno)) throw error
  }
  if (readAnchor(path)?.volume === undefined) await rename(temporary, path)
}

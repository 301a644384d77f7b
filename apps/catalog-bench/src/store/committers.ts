import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openFileStore } from '@catalog/store-fs'
import type { Commit } from '@catalog/types'

/** Something that makes commits durable: `commit` resolves when this one is. */
export interface Committer {
  commit(commit: Commit): Promise<void>
  close(): Promise<void>
}

/** Opens a committer in a directory, created if missing. */
export type OpenCommitter = (root: string) => Promise<Committer>

/** What is measured. */
export const openOurs: OpenCommitter = async (root) => {
  const store = await openFileStore({ root })
  return {
    async commit(commit) {
      const [outcome] = await store.commit([commit])
      if (outcome?.applied !== true) throw new Error(`not applied: ${JSON.stringify(outcome)}`)
    },
    close: () => store.close(),
  }
}

/** The least that a durable commit can be: these many bytes appended, and `fdatasync`, without a turn of the event loop. */
export function openBareLog(bytes: number): OpenCommitter {
  return async (root) => {
    const fd = await createLog(root)
    const record = Buffer.alloc(bytes, 'x')
    return {
      async commit() {
        writeSync(fd, record)
        fdatasyncSync(fd)
      },
      close: async () => closeSync(fd),
    }
  }
}

/** The same with the sync on libuv's threads, as a program that also does other things has to. */
export function openBareLogInThread(bytes: number): OpenCommitter {
  const sync = promisify(fdatasync)
  return async (root) => {
    const fd = await createLog(root)
    const record = Buffer.alloc(bytes, 'x')
    return {
      async commit() {
        writeSync(fd, record)
        await sync(fd)
      },
      close: async () => closeSync(fd),
    }
  }
}

async function createLog(root: string): Promise<number> {
  await mkdir(root, { recursive: true })
  return openSync(join(root, 'log'), 'a')
}

import { statSync, writeFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { setTimesOf, syncDataOf, syncHandle } from './sync-handle.ts'

it('a handle without methods of its own is synced, and its times are set', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sync-handle-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'file')
  writeFileSync(path, 'content')
  const handle = await open(path, 'r+')
  try {
    // What Yarn's Plug'n'Play gives a program: a descriptor.
    const { fd } = handle
    await syncHandle({ fd })
    await syncDataOf({ fd })
    await setTimesOf({ fd }, 1000, 2000)
  } finally {
    await handle.close()
  }
  expect(statSync(path).mtimeMs).toBe(2_000_000)
})

it('a descriptor that is not open is EBADF', async () => {
  const closed = { fd: 2 ** 20 }
  await expect(syncHandle(closed)).rejects.toMatchObject({ code: 'EBADF', syscall: 'fsync' })
  await expect(syncDataOf(closed)).rejects.toMatchObject({ code: 'EBADF', syscall: 'fdatasync' })
})

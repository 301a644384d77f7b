import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { isAvailable, lacks } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createVerifier, digestFile, type Verifier } from '../src/index.ts'
import { asPlainUser } from './plain-user.ts'
import { createWorkspace } from './workspace.ts'

/** What the kernel makes up has a page in its size, and less in it. */
const SHORT_SYS_FILE = '/sys/devices/system/cpu/online'

let verifier: Verifier
let following: Verifier
beforeAll(() => {
  verifier = createVerifier()
  following = createVerifier({ followSymlink: true })
})
afterAll(() => Promise.all([verifier.close(), following.close()]))

async function expectRefused(path: string, expected: object): Promise<void> {
  await expect(verifier.digestFile(path)).rejects.toMatchObject(expected)
  await expect(verifier.measureFile(path)).rejects.toMatchObject(expected)
}

function notRegular(kind: string): object {
  return { code: 'NOT_A_REGULAR_FILE', details: { kind } }
}

async function listen(path: string): Promise<void> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(path, resolve))
}

describe('not a regular file', () => {
  it('fifo', async () => {
    const path = join(createWorkspace(), 'fifo')
    execFileSync('mkfifo', [path])
    await expectRefused(path, notRegular('fifo'))
  })

  it('many fifos leave the file system usable', async () => {
    const directory = createWorkspace()
    const paths = Array.from({ length: 16 }, (_, index) => join(directory, `fifo-${index}`))
    execFileSync('mkfifo', paths)
    await Promise.all(paths.map((path) => expectRefused(path, notRegular('fifo'))))
    writeFileSync(join(directory, 'file'), 'abc')
    await expect(digestFile(join(directory, 'file'))).resolves.toMatchObject({ sizeBytes: 3 })
  })

  it('directory', () => expectRefused(createWorkspace(), notRegular('directory')))
  it('device', () => expectRefused('/dev/zero', notRegular('character device')))

  it('socket', async () => {
    const path = join(createWorkspace(), 'socket')
    await listen(path)
    await expectRefused(path, notRegular('socket'))
  })

  it('symbolic link, dangling or not', async () => {
    const directory = createWorkspace()
    writeFileSync(join(directory, 'file'), 'abc')
    symlinkSync('file', join(directory, 'link'))
    symlinkSync('nowhere', join(directory, 'dangling'))
    await expectRefused(join(directory, 'link'), notRegular('symbolic link'))
    await expectRefused(join(directory, 'dangling'), notRegular('symbolic link'))
  })
})

describe('an allowed symbolic link', () => {
  it('to a regular file is that file', async () => {
    const directory = createWorkspace()
    writeFileSync(join(directory, 'file'), 'abc')
    symlinkSync('file', join(directory, 'link'))
    expect(await following.measureFile(join(directory, 'link'))).toBe(3)
  })

  it.each([
    ['/dev/zero', notRegular('character device')],
    ['.', notRegular('directory')],
    ['nowhere', { code: 'FILE_MISSING' }],
    ['link', { code: 'IO', details: { errno: 'ELOOP' } }],
  ])('to %s is refused', async (target, expected) => {
    const link = join(createWorkspace(), 'link')
    symlinkSync(target, link)
    await expect(following.digestFile(link)).rejects.toMatchObject(expected)
    await expect(following.measureFile(link)).rejects.toMatchObject(expected)
  })
})

describe('missing', () => {
  it('no such file, no such parent, or a file in the parent’s place', async () => {
    const directory = createWorkspace()
    writeFileSync(join(directory, 'file'), 'abc')
    for (const path of ['nothing', 'nothing/below', 'file/below'].map((name) => join(directory, name))) {
      await expectRefused(path, { code: 'FILE_MISSING', details: { path } })
    }
  })
})

describe.skipIf(!isAvailable('plain-user') && lacks('other-user'))('not permitted', () => {
  it('to read the file', async () => {
    const directory = createWorkspace()
    const path = join(directory, 'secret')
    chmodSync(directory, 0o755)
    writeFileSync(path, 'abc', { mode: 0 })
    const details = { operation: 'open', path, errno: 'EACCES' }
    await asPlainUser(() => expect(digestFile(path)).rejects.toMatchObject({ code: 'IO', details }))
  })

  it('to search the directory is IO, not FILE_MISSING', async () => {
    const directory = join(createWorkspace(), 'closed')
    mkdirSync(directory)
    const path = join(directory, 'model')
    writeFileSync(path, 'abc')
    chmodSync(directory, 0)
    const expected = { code: 'IO', details: { path, errno: 'EACCES' }, cause: { code: 'EACCES' } }
    await asPlainUser(() => expectRefused(path, expected))
    chmodSync(directory, 0o755)
  })
})

describe.skipIf(lacks('proc'))('files made up by the kernel', () => {
  it('that hold more than their size are not digested', async () => {
    expect(statSync('/proc/cpuinfo').size).toBe(0)
    await expect(digestFile('/proc/cpuinfo')).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      details: { changed: ['size'] },
    })
  })

  it('that hold less than their size are not digested', async () => {
    await expect(digestFile(SHORT_SYS_FILE)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      details: { changed: ['size'] },
    })
  })

  it('that cannot be read say why', async () => {
    const path = '/proc/self/mem'
    await expect(digestFile(path)).rejects.toMatchObject({
      code: 'IO',
      details: { operation: 'read', path, errno: 'EIO' },
      cause: { code: 'EIO' },
    })
  })
})

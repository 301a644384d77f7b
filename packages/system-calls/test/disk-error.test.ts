import { describe, expect, it } from 'vitest'
import { toDiskError, toFileError, withFileErrors } from '../src/index.ts'

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: failed`), { code })
}

describe('an error of the file system', () => {
  it.each(['ENOENT', 'ENOTDIR'])('%s means missing', (code) => {
    expect(toFileError(systemError(code), 'open', '/a')).toMatchObject({
      code: 'FILE_MISSING',
      details: { path: '/a' },
    })
  })

  it.each(['EACCES', 'EIO', 'EMFILE', 'ELOOP', 'ENAMETOOLONG', 'ESTALE'])('%s does not', (errno) => {
    const cause = systemError(errno)
    const error = toFileError(cause, 'open', '/a')
    expect(error).toMatchObject({ code: 'IO', details: { operation: 'open', path: '/a', errno }, cause })
  })

  it('without an errno is IO too, and keeps its cause', async () => {
    const cause = new Error('the thread ended')
    const failing = withFileErrors('read', '/a', () => Promise.reject(cause))
    await expect(failing).rejects.toMatchObject({
      code: 'IO',
      details: { operation: 'read', path: '/a' },
      cause,
    })
  })
})

describe('an error of a disk', () => {
  it.each([
    ['ENOSPC', 'NO_SPACE'],
    ['EDQUOT', 'NO_SPACE'],
    ['EFBIG', 'NO_SPACE'],
    ['EROFS', 'READ_ONLY'],
    ['ENOENT', 'IO'],
    ['EIO', 'IO'],
  ])('%s is %s', (errno, code) => {
    expect(toDiskError(systemError(errno), 'write', '/a')).toMatchObject({ code, details: { path: '/a' } })
  })

  it('is told with the path that the system named', () => {
    const cause = Object.assign(systemError('EIO'), { path: '/a/b' })
    expect(toDiskError(cause, 'write', '/a')).toMatchObject({ details: { path: '/a/b', errno: 'EIO' } })
  })

  it('leaves every other error as it is', () => {
    const error = new TypeError('not of the disk')
    expect(toDiskError(error, 'write', '/a')).toBe(error)
  })
})

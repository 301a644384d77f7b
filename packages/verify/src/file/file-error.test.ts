import { describe, expect, it } from 'vitest'
import { toFileError, withFileErrors } from './file-error.ts'

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

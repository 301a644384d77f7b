import { CATALOG_ERROR_CODES, CatalogError } from 'model-catalog'
import { expect, it } from 'vitest'
import { CliError, HintedError } from './cli-errors.ts'
import { CATALOG_EXIT_CODES, EXIT_CODES } from './exit-codes.ts'
import { formatProblem, toJsonProblem } from './problem.ts'
import { toProblem } from './to-problem.ts'

const notFound = new CatalogError('NOT_FOUND', 'model "a" is not in the catalog', { id: 'a' })

it('tells an error of the catalog in one line and a hint', () => {
  expect(formatProblem(toProblem(new HintedError(notFound, 'did you mean b?')))).toEqual([
    'catalog: model "a" is not in the catalog [NOT_FOUND]',
    '  hint: did you mean b?',
  ])
  expect(toProblem(notFound).exitCode).toBe(4)
  expect(toProblem(notFound).stack).toBeUndefined()
})

it('is code, message, details and hint in JSON', () => {
  expect(toJsonProblem(toProblem(notFound))).toEqual({
    code: 'NOT_FOUND',
    message: 'model "a" is not in the catalog',
    details: { id: 'a' },
    hint: 'catalog ls shows the models there are',
  })
  expect(toJsonProblem(toProblem(new CliError('USAGE', 'no')))).toEqual({
    code: 'USAGE',
    message: 'no',
    details: {},
  })
})

it.each([
  ['open the catalog in', 'may write there'],
  ['remove', 'may write there'],
  ['read', 'may read it'],
  ['list', 'may read it'],
  ['lstat', 'may read it'],
])('hints at another user if the system refuses this one to %s', (operation, hint) => {
  for (const errno of ['EACCES', 'EPERM']) {
    const problem = toProblem(new CatalogError('IO', 'refused', { operation, errno }))
    expect(problem).toMatchObject({ exitCode: 34, hint: expect.stringContaining(hint) })
  }
  expect(toProblem(new CatalogError('IO', 'failed', { operation, errno: 'EIO' })).hint).toBeUndefined()
})

it('goes by code and details for its hints, not by texts and paths', () => {
  const hintOf = (error: CatalogError): string | undefined => toProblem(error).hint
  const path = '/m.gguf.quarantined-1'
  const wrong = { path, expectedBytes: 2, foundBytes: 1 }
  expect(hintOf(new CatalogError('SIZE_MISMATCH', 'x', wrong))).toContain('left as it is')
  expect(hintOf(new CatalogError('SIZE_MISMATCH', 'x', { ...wrong, isQuarantined: true }))).toContain(path)
  expect(hintOf(new CatalogError('FILE_MISSING', 'x', { path }))).toBeUndefined()
  expect(hintOf(new CatalogError('FILE_MISSING', 'x', { path, id: 'm' }))).toContain('put the file there')
  expect(hintOf(new CatalogError('NOT_FOUND', 'x', { id: 'm', at: '2025-10-01' }))).toContain('history m')
})

it('keeps the stack of unexpected errors, and of no other', () => {
  expect(toProblem(new TypeError('oops'))).toMatchObject({
    code: 'UNEXPECTED',
    exitCode: 1,
    message: 'oops',
    stack: expect.stringContaining('TypeError: oops'),
  })
  expect(toProblem('thrown text')).toMatchObject({ code: 'UNEXPECTED', message: 'thrown text' })
})

it('has an exit code for each code, and one meaning for each exit code but wrong input', () => {
  expect(Object.keys(CATALOG_EXIT_CODES)).toEqual(CATALOG_ERROR_CODES)
  const all = [...Object.values(CATALOG_EXIT_CODES), ...Object.values(EXIT_CODES)]
  const twice = all.filter((code, index) => all.indexOf(code) !== index)
  expect(twice).toEqual([EXIT_CODES.USAGE])
})

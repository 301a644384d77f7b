import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { CatalogError, createInvalidInput, type InputProblem, isCatalogError } from './catalog-error.ts'

const details = { id: 'a', expectedRevision: 1, foundRevision: 2 }
const conflict: unknown = new CatalogError('CONFLICT', 'a is at revision 2, not 1', details)

describe('CatalogError', () => {
  it('is an Error with its code, details and cause', () => {
    const cause = new Error('disk')
    const error = new CatalogError('IO', 'cannot read a', { operation: 'read' }, { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'CatalogError', code: 'IO', details: { operation: 'read' }, cause })
  })

  it('has no cause where none is given', () => {
    expect(Object.hasOwn(conflict as object, 'cause')).toBe(false)
  })

  it('shows code, message and details as JSON, not the stack or the cause', () => {
    const error = new CatalogError('NOT_FOUND', 'no a', { id: 'a' }, { cause: new Error('secret') })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'NOT_FOUND',
      message: 'no a',
      details: { id: 'a' },
    })
  })

  it('is recognised by another copy of the class, and the other way round', async () => {
    vi.resetModules()
    const other = await import('./catalog-error.ts')
    expect(other.CatalogError).not.toBe(CatalogError)
    expect(conflict).toBeInstanceOf(other.CatalogError)
    expect(other.isCatalogError(conflict, 'CONFLICT')).toBe(true)
    expect(new other.CatalogError('NOT_FOUND', 'no a', { id: 'a' })).toBeInstanceOf(CatalogError)
  })

  it.each([new Error('x'), { code: 'CONFLICT', details }, Object.create(null), 'CONFLICT', null, undefined])(
    'does not take %o for one',
    (value) => {
      expect(value instanceof CatalogError).toBe(false)
      expect(isCatalogError(value)).toBe(false)
    },
  )

  it('leaves instanceof of a subclass to the subclass', () => {
    class StoreError extends CatalogError {}
    const error = new StoreError('NOT_FOUND', 'no a', { id: 'a' })
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toBeInstanceOf(CatalogError)
    expect(conflict).not.toBeInstanceOf(StoreError)
  })
})

describe('isCatalogError', () => {
  it('tells the codes apart', () => {
    expect(isCatalogError(conflict)).toBe(true)
    expect(isCatalogError(conflict, 'CONFLICT')).toBe(true)
    expect(isCatalogError(conflict, 'NOT_FOUND')).toBe(false)
  })

  it('narrows the details', () => {
    if (!isCatalogError(conflict, 'CONFLICT')) throw conflict
    expectTypeOf(conflict.details.foundRevision).toEqualTypeOf<number>()
    expect(conflict.details).toBe(details)
  })
})

describe('createInvalidInput', () => {
  it('carries the problems as they are and names all of them in one visible line', () => {
    const problems: readonly InputProblem[] = [
      { field: 'id', problem: 'is wrong' },
      { field: 'evil\u001B[31m\u202E', problem: 'is not\na known field' },
    ]
    const error = createInvalidInput(problems)
    expect(error.details.problems).toBe(problems)
    for (const { field } of [{ field: 'id' }, { field: 'evil' }]) expect(error.message).toContain(field)
    expect(error.message).toMatch(/^\P{C}+$/u)
  })
})

import { CatalogError, type LifecycleState, parseModelId, type UsabilityProblem } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { addModelId, createAway, createNotFound, createNotUsable, withModelId } from './errors.ts'

const id = parseModelId('org/m')
const path = '/models/m.gguf'
const missing = new CatalogError('FILE_MISSING', 'no file', { path }, { cause: 'ENOENT' })

it('NOT_FOUND names the model', () => {
  expect(createNotFound(id)).toMatchObject({ message: expect.stringContaining(id), details: { id } })
})

it.each<[UsabilityProblem, LifecycleState, RegExp]>([
  ['state', 'Retired', /"org\/m" .* is Retired$/],
  ['no-evidence', 'Active', /"org\/m" .* was not verified here$/],
  ['wrong-bytes', 'Active', /"org\/m" .* had wrong bytes when it was last read here$/],
  ['old-evidence', 'Active', /"org\/m" .* too long ago$/],
  ['digest-origin', 'Active', /"org\/m" .* the policy does not accept$/],
  ['undeclared-digest', 'Active', /"org\/m" .* no declared digest/],
])('NOT_USABLE names the model, and says why: %s', (problem, state, message) => {
  const error = createNotUsable({ id, state, problem })
  expect(error.message).toMatch(message)
  expect(error.details).toEqual({ id, state, problem })
})

it('the error of a file that is away keeps its cause', () => {
  expect(createAway(id, missing)).toMatchObject({
    code: 'FILE_MISSING',
    details: { id, path },
    cause: 'ENOENT',
  })
})

describe('an error about a file of a model', () => {
  it('names the model, and the error that it was made from', async () => {
    const named = {
      code: 'FILE_MISSING',
      message: 'model "org/m": no file',
      details: { id, path },
      cause: missing,
    }
    expect(addModelId(id, missing)).toMatchObject(named)
    await expect(withModelId(id, () => Promise.reject(missing))).rejects.toMatchObject(named)
    expect(await withModelId(id, async () => 7)).toBe(7)
  })

  it('stays as it is if it names a model, or is about something else', () => {
    const named = new CatalogError('FILE_MISSING', 'no file', { path, id: parseModelId('other') })
    const fault = new TypeError('a fault')
    expect([addModelId(id, named), addModelId(id, fault)]).toEqual([named, fault])
    expect(addModelId(id, named)).toBe(named)
  })
})

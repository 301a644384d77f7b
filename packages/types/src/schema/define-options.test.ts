import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { isCatalogError } from '../error/catalog-error.ts'
import { defineOptionalOptions, defineOptions, functionSchema, optionsSchema } from './define-options.ts'
import { signalSchema } from './option-schemas.ts'

const schema = optionsSchema({
  ifRevision: z.int().positive().optional(),
  signal: signalSchema.optional(),
  onProgress: functionSchema<() => void>().optional(),
  policy: optionsSchema({ maxEvidenceAgeMs: z.number().optional() }).optional(),
})
const parse = defineOptions(schema)

/** What the error says of these options, in one text. */
function problemsOf(options: unknown, parser: (options: unknown) => unknown = parse): string {
  try {
    parser(options)
    return ''
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.message
    throw error
  }
}

describe('defineOptions', () => {
  it('gives the options back', () => {
    const options = { ifRevision: 1, signal: new AbortController().signal, onProgress: () => {} }
    expect(parse(options)).toEqual(options)
  })

  it.each([
    [{ ifRevison: 1 }, 'ifRevison is not an option: did you mean ifRevision?'],
    [{ ifRevison: undefined }, 'ifRevison is not an option: did you mean ifRevision?'],
    [{ timeout: 1 }, 'timeout is not an option'],
    [
      { policy: { maxEvidenceAge: 1 } },
      'policy.maxEvidenceAge is not an option: did you mean maxEvidenceAgeMs?',
    ],
    [{ signal: {} }, 'signal must be an AbortSignal'],
    [{ onProgress: 'x' }, 'onProgress must be a function'],
    [JSON.parse('{"__proto__": 1}'), '__proto__ is not an option'],
    ['/path', 'options must be an object, not a string'],
    [null, 'options must be an object, not null'],
    [undefined, 'options must be an object, not undefined'],
    [[], 'options must be an object, not an array'],
    [() => {}, 'options must be an object, not a function'],
  ])('%o: %s', (options, message) => {
    expect(problemsOf(options)).toBe(message)
  })

  it('names all that is wrong at once', () => {
    expect(problemsOf({ ifRevision: 'x', singal: 1 })).toBe(
      'ifRevision must be of type number; singal is not an option: did you mean signal?',
    )
  })
})

it('defineOptionalOptions gives an empty object for options that are not given', () => {
  const parseOptional = defineOptionalOptions(schema)
  expect(parseOptional(undefined)).toEqual({})
  expect(problemsOf(null, parseOptional)).toBe('options must be an object, not null')
})

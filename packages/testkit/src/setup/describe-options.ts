/** Room `setup`: what the tests of this repository share. */
import { type InputProblem, isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'

/** A function that takes an object of options, and which ones. */
export interface OptionsCall {
  readonly call: (options: never) => unknown
  /** The names of all options. */
  readonly options: readonly string[]
  /** Options without which a call is refused. */
  readonly required?: object
  /** What problems call the object: `options`, unless this says otherwise. */
  readonly input?: string
  /** What they call its keys. */
  readonly kind?: 'an option' | 'a known field'
}

/** What an option is given that it does not take. No option takes a symbol. */
const WRONG = Symbol('wrong')

/** The options of these functions, by name, are strict: what is misspelt or of a wrong type is named by INVALID_INPUT. */
export function describeOptions(calls: Readonly<Record<string, OptionsCall>>): void {
  describe.each(Object.entries(calls))('%s', (_name, call) => {
    it.each(call.options)('refuses %s if it is misspelt, and names it', async (name) => {
      const problem = `is not ${call.kind ?? 'an option'}: did you mean ${name}?`
      expect(await findProblems(call, { ...call.required, [misspell(name)]: 1 })).toEqual([
        { field: misspell(name), problem },
      ])
    })

    it.each(call.options)('refuses %s of a wrong type', async (name) => {
      const problems = await findProblems(call, { ...call.required, [name]: WRONG })
      expect(problems.map(({ field }) => field)).toContain(name)
    })

    it.each([
      ['/path', 'a string'],
      [5, 'a number'],
      [true, 'a boolean'],
      [null, 'null'],
      [[], 'an array'],
    ])('refuses %j where the options belong', async (options, found) => {
      const problem = `must be an object, not ${found}`
      expect(await findProblems(call, options)).toEqual([{ field: call.input ?? 'options', problem }])
    })
  })
}

/** The problems of INVALID_INPUT; whatever else comes of the call fails the test. */
async function findProblems({ call }: OptionsCall, options: unknown): Promise<readonly InputProblem[]> {
  try {
    await call(options as never)
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.details.problems
    throw error
  }
  return []
}

/** With its last letter twice: no option is called so. */
function misspell(name: string): string {
  return `${name}${name.at(-1)}`
}

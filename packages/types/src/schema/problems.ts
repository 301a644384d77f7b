import type * as z from 'zod'
import type { InputProblem } from '../error/catalog-error.ts'
import { nameKind } from '../options/option-problems.ts'

/** Every issue of a failed zod parse that reports its input as a field and a sentence, without the rejected value. */
export function findProblems(error: z.ZodError, root: string): readonly InputProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return { field: toField(issue.path, root), problem: describeIssue(issue) }
    // The schema says it line by line: see `strictSchema`.
    const texts = issue.message.split('\n')
    return issue.keys.map((key, index) => ({
      field: toField([...issue.path, key], root),
      problem: texts[index] ?? 'is not a known field',
    }))
  })
}

function toField(path: readonly PropertyKey[], root: string): string {
  return path.length === 0 ? root : path.map(String).join('.')
}

function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
    // The only unions say themselves what they take.
    case 'invalid_union':
      return issue.message
    case 'invalid_type':
      return `must be ${describeType(issue)}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_big':
      return `must ${haveOf(issue.origin)} at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'too_small':
      return `must ${haveOf(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`
    default:
      return `is wrong: ${issue.message}`
  }
}

function describeType({ expected, input }: z.core.$ZodIssueInvalidType): string {
  if (expected === 'object') return `an object, not ${nameKind(input)}`
  if (expected === 'boolean') return 'true or false'
  return expected === 'int' ? 'an integer' : `of type ${expected}`
}

function haveOf(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'have' : 'be'
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' items' : ''
}

import { displayWidth } from './display-width.ts'
import { wrapWords } from './wrap-words.ts'

/** In a narrower column a value that does not fit stands below its name. */
const LEAST_VALUE_WIDTH = 30

/**
 * `name  value` lines with the values under each other; a value of several lines keeps its column. Values are broken between
 * words to fit `width` columns; a word that is longer, as a digest, stays whole to be copied.
 */
export function formatFields(
  fields: readonly (readonly [name: string, value: string])[],
  width: number = Number.POSITIVE_INFINITY,
): readonly string[] {
  const names = Math.max(0, ...fields.map(([name]) => name.length)) + 2
  const isNarrow = width - names < LEAST_VALUE_WIDTH
  return fields.flatMap(([name, value]) => {
    const given = value.split('\n')
    const isBelow = isNarrow && given.some((line) => displayWidth(line) > width - names)
    const indent = isBelow ? '  ' : ' '.repeat(names)
    const lines = given.flatMap((line) =>
      wrapWords(line, width - indent.length, { indent: '', isCut: false }),
    )
    const [first = '', ...rest] = lines
    if (!isBelow)
      return [`${name.padEnd(names)}${first}`.trimEnd(), ...rest.map((line) => `${indent}${line}`)]
    return [name, ...lines.map((line) => `${indent}${line}`)]
  })
}

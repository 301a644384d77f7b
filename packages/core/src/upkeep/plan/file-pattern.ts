/**
 * Whether a path, `/` between segments, fits one of these patterns: `*` stands for anything in a segment, `**` for anything,
 * `?` for one character. A pattern without `/` is for the last segment.
 */
export function createPatternTest(patterns: readonly string[]): (file: string) => boolean {
  const tests = patterns.map((pattern) => {
    const expression = new RegExp(`^${toExpression(pattern)}$`, 'su')
    return (file: string): boolean =>
      expression.test(pattern.includes('/') ? file : file.slice(file.lastIndexOf('/') + 1))
  })
  return (file) => tests.some((fits) => fits(file))
}

function toExpression(pattern: string): string {
  const special = /\*\*\/|\*{1,2}|\?|[$()+.[\\\]^{|}-]/gu
  return pattern.replace(special, (found) => EXPRESSIONS[found] ?? `\\${found}`)
}

const EXPRESSIONS: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
}

/** No file that is read here nests deeper; a safetensors header has three levels. */
export const MAX_DEPTH = 16

/** The value of a JSON text, or why there is none. */
export type ParsedJson = { readonly value: unknown } | { readonly problem: string }

/**
 * Parses untrusted JSON. Depth and number of its objects and lists are checked first: a text of nothing but
 * brackets takes many times its size in memory, and seconds, to parse. The problem quotes nothing of the text, as the
 * parser's own message would.
 */
export function parseBoundedJson(text: string, maxContainers: number): ParsedJson {
  const problem = findNestingProblem(text, maxContainers)
  if (problem !== undefined) return { problem }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { problem: 'is not JSON' }
  }
}

/** An own field of an object; what a prototype has does not count. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}

function findNestingProblem(text: string, maxContainers: number): string | undefined {
  let depth = 0
  let containers = 0
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (character === '"') index = findStringEnd(text, index + 1)
    else if (character === '}' || character === ']') depth -= 1
    else if (character === '{' || character === '[') {
      depth += 1
      containers += 1
      if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`
      if (containers > maxContainers) return `has more than ${maxContainers} objects and lists`
    }
  }
  return undefined
}

/** Where the quotation mark stands that ends a string; the end of the text for a string without one. */
function findStringEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    if (text[index] === '\\') index += 1
    else if (text[index] === '"') return index
  }
  return text.length
}

/** No document of ours is nested deeper. */
const MAX_DEPTH = 16

interface Level {
  /** Undefined in an array. */
  readonly keys: Set<string> | undefined
}

/**
 * What is dangerous in a text that may be JSON, in words that follow its name: nesting that costs memory out of
 * proportion, and a field that stands twice, of which each reader may take another one. Undefined for all other texts,
 * also for what is not JSON.
 */
export function findJsonHazard(text: string): string | undefined {
  const levels: Level[] = []
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === 0x22) {
      const end = findStringEnd(text, at)
      const keys = levels.at(-1)?.keys
      if (keys !== undefined && isKey(text, end)) {
        const key = decodeKey(text.slice(at, end))
        if (keys.has(key)) return `has the field ${key.slice(0, 100)} twice in one object`
        keys.add(key)
      }
      at = end - 1
    } else if (character === 0x7b || character === 0x5b) {
      if (levels.length === MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep`
      levels.push({ keys: character === 0x7b ? new Set() : undefined })
    } else if (character === 0x7d || character === 0x5d) {
      levels.pop()
    }
  }
  return undefined
}

/** The position behind a string that begins at `start`. */
function findStringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === 0x5c) at += 1
    else if (character === 0x22) return at + 1
  }
  return text.length
}

function isKey(text: string, from: number): boolean {
  let at = from
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1
  return text.charAt(at) === ':'
}

/** Two spellings of one key are one key. */
function decodeKey(quoted: string): string {
  if (!quoted.includes('\\')) return quoted
  try {
    return JSON.stringify(JSON.parse(quoted))
  } catch {
    return quoted
  }
}

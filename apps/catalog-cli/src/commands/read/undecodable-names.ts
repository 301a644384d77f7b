import { isUtf8 } from 'node:buffer'

/** A line of a checksum list whose name is not UTF-8: a file that cannot be opened by this name. */
export interface UndecodableName {
  /** Of the line in the list, from 1 on. */
  readonly line: number
  readonly digest: string
  /** With U+FFFD for what is not UTF-8. */
  readonly path: string
}

const DIGEST_FIRST = /^\\?(?<digest>[0-9a-f]{64})(?: [ *]?|\t)(?<path>.+)$/isu
const DIGEST_LAST = /^SHA(?:2-)?256 ?\((?<path>.+)\) ?= (?<digest>[0-9a-f]{64})$/isu
const LINE_BREAK = 0x0a

/**
 * Takes the lines with such names out of a list, so that the others can be checked, as `sha256sum --check` does. The
 * others keep their numbers.
 */
export function takeUndecodableNames(list: Uint8Array): {
  readonly rest: Uint8Array
  readonly names: readonly UndecodableName[]
} {
  if (isUtf8(list)) return { rest: list, names: [] }
  const bytes = Buffer.from(list)
  const kept: Buffer[] = []
  const names: UndecodableName[] = []
  for (const [index, content] of splitLines(bytes).entries()) {
    const name = isUtf8(content) ? undefined : findName(content.toString())
    if (name === undefined) kept.push(content)
    else {
      names.push({ line: index + 1, ...name })
      kept.push(Buffer.alloc(0))
    }
  }
  const breaks = kept.flatMap((content, index) =>
    index === 0 ? [content] : [Buffer.of(LINE_BREAK), content],
  )
  return { rest: Buffer.concat(breaks), names }
}

function splitLines(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; ; ) {
    const end = bytes.indexOf(LINE_BREAK, start)
    lines.push(bytes.subarray(start, end === -1 ? undefined : end))
    if (end === -1) return lines
    start = end + 1
  }
}

function findName(text: string): Omit<UndecodableName, 'line'> | undefined {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text
  const { digest, path } = (DIGEST_FIRST.exec(line) ?? DIGEST_LAST.exec(line))?.groups ?? {}
  return digest === undefined || path === undefined ? undefined : { digest: digest.toLowerCase(), path }
}

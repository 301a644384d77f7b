/** The keys and indexes that lead to a value. Of a scan: only until the visitor returns. */
export type JsonPath = readonly (string | number)[]

/** What a scan calls. Positions are those of characters in the text. */
export interface JsonVisitor {
  /** A value begins here; `text` if it is one. Returns false to end the scan. */
  onValue(path: JsonPath, position: number, text: string | undefined): boolean
  /** This is not JSON. Returns false to end the scan. */
  onProblem(path: JsonPath, position: number, problem: string): boolean
}

type Kind = 'array' | 'object'

/** What may come next: a value, an element or `]`, a field name, a member or `}`, and so on. */
type Expected = 'value' | 'element' | 'key' | 'member' | 'colon' | 'separator' | 'nothing'

const LITERAL = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/u
const ESCAPE = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})$/u
const SPACES = ' \t\n\r'
const DELIMITERS = `${SPACES},:[]{}"`
/** A longer number is still one, and a regular expression takes long for it. */
const MAX_WORD_LENGTH = 1000
const SHOWN_LENGTH = 20

/**
 * Goes through a text that may not be JSON, names every place that is wrong and goes on behind it as a person would.
 * `JSON.parse` stops at the first one. Finds a problem in every text that `JSON.parse` rejects, and none in others.
 */
export class JsonScanner {
  readonly #text: string
  readonly #visitor: JsonVisitor
  /** Of the open brackets, and where in each of them it stands. */
  readonly #kinds: Kind[] = []
  readonly #keys: (string | number)[] = []
  #position = 0
  #expected: Expected = 'value'
  #isOver = false

  constructor(text: string, visitor: JsonVisitor) {
    this.#text = text
    this.#visitor = visitor
  }

  scan(): void {
    for (;;) {
      this.#skip(SPACES)
      if (this.#isOver || this.#position >= this.#text.length) break
      this.#takeToken()
    }
    if (!this.#isOver) this.#finish()
  }

  #takeToken(): void {
    const character = this.#text.charAt(this.#position)
    if (character === '{' || character === '[') this.#open(character)
    else if (character === '}' || character === ']') this.#close(character)
    else if (character === ',') this.#takeComma()
    else if (character === ':') this.#takeColon()
    else if (character === '"') this.#takeString()
    else if (this.#text.startsWith('//', this.#position)) this.#skipComment('\n')
    else if (this.#text.startsWith('/*', this.#position)) this.#skipComment('*/')
    else this.#takeWord()
  }

  #open(bracket: '{' | '['): void {
    if (this.#isKeyExpected()) this.#report('a field name is missing')
    this.#beginValue(undefined)
    this.#kinds.push(bracket === '{' ? 'object' : 'array')
    this.#keys.push(bracket === '{' ? '' : 0)
    this.#expected = bracket === '{' ? 'member' : 'element'
    this.#position += 1
  }

  #close(bracket: '}' | ']'): void {
    const kind = bracket === '}' ? 'object' : 'array'
    if (this.#kinds.includes(kind)) {
      this.#reportUnfinished(bracket)
      while (this.#kinds.at(-1) !== kind) {
        this.#report(`a bracket is not closed before this ${bracket}`)
        this.#pop()
      }
      this.#pop()
      this.#endValue()
    } else {
      this.#report(`there is no open bracket for this ${bracket}`)
    }
    this.#position += 1
  }

  #pop(): void {
    this.#kinds.pop()
    this.#keys.pop()
  }

  #reportUnfinished(before: string): void {
    if (this.#expected === 'key') this.#report(`there is an extra comma before this ${before}`)
    if (this.#expected === 'colon') this.#report('a colon and a value are missing')
    if (this.#expected !== 'value') return
    const isArray = this.#kinds.at(-1) === 'array'
    this.#report(isArray ? `there is an extra comma before this ${before}` : 'a value is missing')
  }

  #takeComma(): void {
    const kind = this.#kinds.at(-1)
    const isArray = kind === 'array'
    if (this.#expected === 'nothing') this.#beginValue(undefined)
    else if (this.#expected === 'colon') this.#report('a colon and a value are missing')
    else if (this.#expected === 'value' && !isArray) this.#report('a value is missing')
    else if (this.#expected !== 'separator') this.#report('there is an extra comma')
    if (this.#expected === 'separator') this.#countElement()
    if (kind !== undefined) this.#expected = isArray ? 'value' : 'key'
    this.#position += 1
  }

  #takeColon(): void {
    if (this.#expected === 'colon') this.#expected = 'value'
    else this.#report('there is an extra colon')
    this.#position += 1
  }

  #takeString(): void {
    const start = this.#position
    const problems = this.#skipString()
    const text = this.#text.slice(start + 1, this.#position - 1)
    const end = this.#position
    this.#position = start
    if (this.#isKeyExpected()) this.#setKey(text)
    else this.#takeScalar(text)
    for (const [position, problem] of problems) {
      this.#position = position
      this.#report(problem)
    }
    this.#position = end
  }

  /** To behind the string, which ends with its line at the latest. What is wrong in it, with the places. */
  #skipString(): readonly (readonly [number, string])[] {
    const problems: [number, string][] = []
    const start = this.#position
    for (let at = start + 1; ; at += 1) {
      const code = this.#text.charCodeAt(at)
      if (code === 0x22 || code === 0x0a || Number.isNaN(code)) {
        this.#position = code === 0x22 ? at + 1 : at
        if (code !== 0x22) problems.push([start, 'this string has no closing quotation mark'])
        return problems
      }
      const escapeLength = this.#text.charCodeAt(at + 1) === 0x75 ? 6 : 2
      if (code === 0x5c && ESCAPE.test(this.#text.slice(at, at + escapeLength))) at += escapeLength - 1
      else if (code === 0x5c) problems.push([at, 'this backslash does not begin a valid escape'])
      else if (code < 0x20) problems.push([at, 'a control character must be escaped'])
      // An escaped quotation mark was skipped above; behind a wrong escape the text goes on.
      if (problems.length > MAX_WORD_LENGTH) problems.length = MAX_WORD_LENGTH
    }
  }

  #skipComment(end: string): void {
    this.#report('JSON has no comments')
    const found = this.#text.indexOf(end, this.#position + 2)
    this.#position = found === -1 ? this.#text.length : found + end.length
  }

  #takeWord(): void {
    const start = this.#position
    while (this.#position < this.#text.length && !DELIMITERS.includes(this.#text.charAt(this.#position))) {
      this.#position += 1
    }
    const end = this.#position
    this.#position = start
    const word = this.#text.slice(start, Math.min(end, start + MAX_WORD_LENGTH))
    const shown = JSON.stringify(word.slice(0, SHOWN_LENGTH))
    if (this.#isKeyExpected()) {
      this.#report(`${shown} is not a field name in quotation marks`)
      this.#setKey(word)
    } else {
      if (!LITERAL.test(word) && word.length < MAX_WORD_LENGTH) this.#report(`${shown} is not a value`)
      this.#takeScalar(undefined)
    }
    this.#position = end
  }

  /** Whether what stands here is a field name: also where only the comma before it is missing. */
  #isKeyExpected(): boolean {
    const isObject = this.#kinds.at(-1) === 'object'
    return isObject && ['key', 'member', 'separator'].includes(this.#expected)
  }

  #setKey(key: string): void {
    if (this.#expected === 'separator') this.#report('a comma is missing before this')
    this.#keys[this.#keys.length - 1] = key
    this.#expected = 'colon'
  }

  #takeScalar(text: string | undefined): void {
    this.#beginValue(text)
    if (!this.#isOver) this.#endValue()
  }

  #beginValue(text: string | undefined): void {
    if (this.#expected === 'nothing') {
      this.#report('there is text after the end')
      this.#isOver = true
    }
    if (this.#expected === 'colon') this.#report('a colon is missing before this')
    if (this.#expected === 'separator') {
      this.#report('a comma is missing before this')
      this.#countElement()
    }
    if (!this.#isOver && !this.#visitor.onValue(this.#keys, this.#position, text)) this.#isOver = true
  }

  #countElement(): void {
    const index = this.#keys.at(-1)
    if (typeof index === 'number') this.#keys[this.#keys.length - 1] = index + 1
  }

  #endValue(): void {
    this.#expected = this.#kinds.length === 0 ? 'nothing' : 'separator'
  }

  #finish(): void {
    const open = this.#kinds.length
    if (open === 0 && this.#expected === 'value') this.#report('it is empty')
    if (open > 0)
      this.#report(`it ends here, and ${open} open ${open === 1 ? 'bracket is' : 'brackets are'} not closed`)
  }

  #skip(characters: string): void {
    while (this.#position < this.#text.length && characters.includes(this.#text.charAt(this.#position))) {
      this.#position += 1
    }
  }

  #report(problem: string): void {
    if (this.#isOver) return
    if (!this.#visitor.onProblem(this.#keys, this.#position, problem)) this.#isOver = true
  }
}

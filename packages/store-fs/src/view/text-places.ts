import type { TextPlace } from '@catalog/types'
import { type JsonPath, JsonScanner, type JsonVisitor } from './json-scanner.ts'

/** A person corrects no more than these at once. */
export const MAX_PLACES = 100
const SHOWN_PLACES = 10
const SHOWN_ID_LENGTH = 80

/** What is wrong with a value of a `catalog.json`: of a model's field, dotted, or of a field beside `models`. */
export interface FieldProblem {
  /** The place of the model in `models`. */
  readonly index?: number
  /** Empty for all of the model. */
  readonly field: string
  readonly problem: string
}

/** Every place in which a text is not JSON, in order, and the first of them in characters. */
export function findSyntaxPlaces(text: string): {
  places: readonly TextPlace[]
  position: number | undefined
} {
  const search = new SyntaxSearch()
  new JsonScanner(text, search).scan()
  return { places: toPlaces(text, search.marks), position: search.marks[0]?.position }
}

/** Where the wrong values stand in a text that is JSON: those that are missing, where what they are missing in begins. */
export function findFieldPlaces(text: string, problems: readonly FieldProblem[]): readonly TextPlace[] {
  const search = new FieldSearch(problems)
  new JsonScanner(text, search).scan()
  return toPlaces(text, search.marks)
}

/** The places in words: the first ones, and how many there are. */
export function describePlaces(places: readonly TextPlace[]): string {
  const shown = places.slice(0, SHOWN_PLACES).map(({ line, column, entry, problem }) => {
    const model = entry === undefined ? '' : ` (${entry})`
    return `line ${line}, column ${column}${model}: ${problem}`
  })
  const more = places.length - shown.length
  const rest = places.length < MAX_PLACES ? `${more} more` : `at least ${more} more`
  return [...shown, ...(more > 0 ? [rest] : [])].join('; ')
}

interface Mark {
  position: number
  readonly index: number | undefined
  id?: string
  readonly problem: string
}

interface FieldMark extends Mark {
  readonly field: string
}

class SyntaxSearch implements JsonVisitor {
  readonly marks: Mark[] = []
  /** Of the model that the scan is in. */
  #index: number | undefined
  #id: string | undefined

  onValue(path: JsonPath, _position: number, text: string | undefined): boolean {
    const index = modelIndexOf(path)
    if (index !== this.#index) this.#id = undefined
    this.#index = index
    if (index === undefined || text === undefined || !isId(path)) return true
    this.#id = text
    for (const mark of this.marks) if (mark.index === index) mark.id ??= text
    return true
  }

  onProblem(path: JsonPath, position: number, problem: string): boolean {
    const index = modelIndexOf(path)
    const id = index === this.#index ? this.#id : undefined
    this.marks.push({ position, index, problem, ...(id !== undefined && { id }) })
    return this.marks.length < MAX_PLACES
  }
}

class FieldSearch implements JsonVisitor {
  readonly marks: readonly FieldMark[]
  readonly #lastModel: number
  readonly #byModel: Map<number | undefined, readonly FieldMark[]> = new Map()

  constructor(problems: readonly FieldProblem[]) {
    this.marks = problems.map(({ index, field, problem }) => ({
      ...{ position: 0, index, field },
      problem: field === '' ? problem : `${field} ${problem}`,
    }))
    this.#lastModel = Math.max(...this.marks.map(({ index = Number.POSITIVE_INFINITY }) => index))
    for (const mark of this.marks) {
      this.#byModel.set(mark.index, [...(this.#byModel.get(mark.index) ?? []), mark])
    }
  }

  onValue(path: JsonPath, position: number, text: string | undefined): boolean {
    const index = modelIndexOf(path)
    const marks = this.#byModel.get(index)
    if (marks === undefined) return index === undefined || index <= this.#lastModel
    const field = path.slice(index === undefined ? 0 : 2).join('.')
    for (const mark of marks) {
      if (text !== undefined && isId(path)) mark.id = text
      // What is around a value is seen before it.
      if (field === '' || mark.field === field || mark.field.startsWith(`${field}.`)) mark.position = position
    }
    return true
  }

  onProblem(): boolean {
    return false
  }
}

function modelIndexOf(path: JsonPath): number | undefined {
  const [first, second] = path
  return first === 'models' && typeof second === 'number' ? second : undefined
}

function isId(path: JsonPath): boolean {
  return path.length === 3 && path[2] === 'id'
}

function toPlaces(text: string, marks: readonly Mark[]): readonly TextPlace[] {
  const inOrder = [...marks].sort((a, b) => a.position - b.position)
  let line = 1
  let lineStart = 0
  return inOrder.map(({ position, index, id, problem }) => {
    for (
      let end = text.indexOf('\n', lineStart);
      end !== -1 && end < position;
      end = text.indexOf('\n', lineStart)
    ) {
      line += 1
      lineStart = end + 1
    }
    const entry = index === undefined ? undefined : (id && quote(id)) || `models[${index}]`
    return { line, column: position - lineStart + 1, ...(entry !== undefined && { entry }), problem }
  })
}

/** As it stands in the text, so that what is invisible there is escaped as JSON has it. */
function quote(id: string): string {
  return id
    .slice(0, SHOWN_ID_LENGTH)
    .replace(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
}

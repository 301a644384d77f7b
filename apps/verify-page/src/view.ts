import { formatBytes } from './format.ts'
import type { Outcome } from './messages.ts'
import * as parts from './parts.ts'

type State = 'idle' | 'reading' | 'cancelled' | Outcome['kind']

/** A heading, a sentence, and digests by what they are of. */
type Description = readonly [title?: string, text?: string, digests?: Readonly<Record<string, string>>]

export function showChosen(file: File): void {
  // The chooser names a file that was dropped, too.
  const chosen = new DataTransfer()
  chosen.items.add(file)
  parts.file.files = chosen.files
  parts.chosen.textContent = `${file.name}, ${formatBytes(file.size)}`
  parts.check.disabled = false
}

/** Takes back the result of an earlier reading. */
export function showNothing(): void {
  show('idle')
  showProblem('')
}

/** Says what is wrong with the expected SHA-256 or the checksum list; an empty text takes it back. */
export function showProblem(message: string): void {
  parts.problem.textContent = message
  parts.expected.setAttribute('aria-invalid', String(message !== ''))
}

/** While a file is read, the form waits and Cancel has the focus; afterwards Check has it. */
export function showReading(name: string): void {
  parts.progress.value = 0
  parts.rate.textContent = ''
  showProblem('')
  parts.reading.hidden = false
  setBusy(true)
  parts.cancel.focus()
  show('reading', `Reading ${name}`)
}

export function showProgress(share: number, text: string): void {
  parts.progress.value = share
  parts.rate.textContent = text
}

export function showCancelled(): void {
  endReading()
  show('cancelled', 'Cancelled', 'The file was not read to its end, so nothing is known of it.')
}

export function showOutcome(outcome: Outcome, name: string): void {
  endReading()
  show(outcome.kind, ...describe(outcome, name))
  if (outcome.kind !== 'invalid') return
  showProblem('This is not a SHA-256: it has 64 characters from 0-9 and a-f.')
  parts.expected.focus()
}

function describe(outcome: Outcome, name: string): Description {
  switch (outcome.kind) {
    case 'right':
      return ['This is the right file', `${name} has the expected SHA-256.`, { 'SHA-256': outcome.digest }]
    case 'wrong':
      return [
        'This is not the right file',
        `${name} does not have the expected SHA-256. Do not use it.`,
        { 'Expected SHA-256': outcome.expected, 'SHA-256 of this file': outcome.digest },
      ]
    case 'shown':
      return [
        'Read to the end',
        `Compare this with the SHA-256 that the publisher of ${name} gives.`,
        { 'SHA-256': outcome.digest },
      ]
    case 'failed':
      return ['The file could not be read', outcome.message]
    case 'invalid':
      return []
  }
}

function endReading(): void {
  parts.reading.hidden = true
  setBusy(false)
  parts.check.focus()
}

function setBusy(isBusy: boolean): void {
  for (const part of [parts.file, parts.expected, parts.check]) part.disabled = isBusy
  parts.cancel.disabled = !isBusy
}

function show(state: State, ...[title = '', text = '', digests = {}]: Description): void {
  const terms = Object.entries(digests).flatMap(([term, digest]) => [
    create('dt', term),
    create('dd', digest),
  ])
  const list = create('dl')
  list.append(...terms)
  parts.result.replaceChildren(
    ...(title === '' ? [] : [create('strong', title)]),
    ...(text === '' ? [] : [create('p', text)]),
    ...(terms.length === 0 ? [] : [list]),
  )
  parts.main.dataset['state'] = state
}

function create(tag: string, text = ''): HTMLElement {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}

// The parts of the page, by what they are.

export const main: HTMLElement = find('main', HTMLElement)
export const form: HTMLFormElement = find('form', HTMLFormElement)
export const drop: HTMLElement = find('.drop', HTMLElement)
export const file: HTMLInputElement = find('#file', HTMLInputElement)
export const chosen: HTMLElement = find('#chosen', HTMLElement)
export const expected: HTMLInputElement = find('#expected', HTMLInputElement)
export const problem: HTMLElement = find('#problem', HTMLElement)
export const check: HTMLButtonElement = find('#check', HTMLButtonElement)
export const cancel: HTMLButtonElement = find('#cancel', HTMLButtonElement)
export const reading: HTMLElement = find('#reading', HTMLElement)
export const progress: HTMLProgressElement = find('#progress', HTMLProgressElement)
export const rate: HTMLElement = find('#rate', HTMLElement)
export const result: HTMLElement = find('#result', HTMLElement)

function find<T extends HTMLElement>(selector: string, type: new () => T): T {
  const element = document.querySelector(selector)
  if (element instanceof type) return element
  throw new Error(`The page has no ${selector}`)
}

import { join } from 'node:path'
import { type BrowserPage, findChromium, openPage } from '@catalog/testkit/running'
import { expect, onTestFinished } from 'vitest'

/** What the page shows at one moment. */
export interface Shown {
  readonly state: string
  /** Of 1. */
  readonly progress: number
  readonly rate: string
  readonly result: string
  readonly problem: string
  readonly chosen: string
  readonly focus: string
  /** The longest time between two turns of the page since it began to read. */
  readonly stallMs: number
}

/** Tells each change that the page shows, and how long its other work had to wait meanwhile. */
const WATCH = `
addEventListener('DOMContentLoaded', () => {
  const find = (selector) => document.querySelector(selector)
  let stallMs = 0
  let turnAt
  const channel = new MessageChannel()
  channel.port1.onmessage = () => {
    const now = performance.now()
    if (find('main').dataset.state !== 'reading') [stallMs, turnAt] = [0, undefined]
    else {
      stallMs = Math.max(stallMs, now - (turnAt ?? now))
      turnAt = now
      setTimeout(() => channel.port2.postMessage(0))
    }
  }
  new MutationObserver(() => {
    const shown = {
      state: find('main').dataset.state,
      progress: find('#progress').value,
      rate: find('#rate').textContent,
      result: find('#result').innerText,
      problem: find('#problem').textContent,
      chosen: find('#chosen').textContent,
      focus: document.activeElement.id,
      stallMs,
    }
    if (turnAt === undefined) channel.port2.postMessage(0)
    tell(JSON.stringify(shown))
  }).observe(find('main'), { subtree: true, childList: true, characterData: true, attributes: true })
})
`

/** A page in a browser, as a user sees and uses it. */
export class WatchedPage {
  readonly browser: BrowserPage
  readonly #waiting = new Set<(shown: Shown) => void>()

  constructor(browser: BrowserPage) {
    this.browser = browser
    browser.listen('Runtime.bindingCalled', (params) => {
      const shown: Shown = JSON.parse((params as { payload: string }).payload)
      for (const take of this.#waiting) take(shown)
    })
  }

  /** All that is shown until what is shown fits, once `act` was done. */
  async watch(act: () => Promise<unknown>, fits: (shown: Shown) => boolean): Promise<readonly Shown[]> {
    const seen: Shown[] = []
    const { promise, resolve } = defer()
    const take = (shown: Shown): void => {
      seen.push(shown)
      if (fits(shown)) resolve()
    }
    this.#waiting.add(take)
    await act()
    await Promise.race([promise, this.browser.ended])
    this.#waiting.delete(take)
    return seen
  }

  /** Drops files in the middle of the page. */
  async drop(...files: readonly string[]): Promise<void> {
    const data = { items: [], files, dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop'])
      await this.browser.ask('Input.dispatchDragEvent', { type, x: 200, y: 200, data })
  }

  /** Chooses files in the chooser of the page. */
  async choose(...files: readonly string[]): Promise<void> {
    const { root } = (await this.browser.ask('DOM.getDocument')) as { root: { nodeId: number } }
    const found = await this.browser.ask('DOM.querySelector', { nodeId: root.nodeId, selector: '#file' })
    await this.browser.ask('DOM.setFileInputFiles', { files, nodeId: (found as { nodeId: number }).nodeId })
  }

  /** Types a text over what the field has, and presses keys there. */
  async type(selector: string, text: string): Promise<void> {
    await this.run(`document.querySelector('${selector}').select()`)
    await this.browser.ask('Input.insertText', { text })
  }

  async press(key: 'Enter' | 'Tab'): Promise<void> {
    const codes = { Enter: 13, Tab: 9 }
    const common = { key, code: key, windowsVirtualKeyCode: codes[key] }
    const text = key === 'Enter' ? { text: '\r' } : {}
    await this.browser.ask('Input.dispatchKeyEvent', { type: 'keyDown', ...common, ...text })
    await this.browser.ask('Input.dispatchKeyEvent', { type: 'keyUp', ...common })
  }

  async run(expression: string): Promise<unknown> {
    const answer = await this.browser.ask('Runtime.evaluate', { expression, returnByValue: true })
    return (answer as { result: { value?: unknown } }).result.value
  }
}

/** Opens the page at `url`, in a browser that ends with the test. */
export async function openWatched(url: string, directory: string): Promise<WatchedPage> {
  const program = findChromium() ?? expect.unreachable('the browser is gone')
  const browser = await openPage(program, join(directory, 'profile'))
  onTestFinished(browser.close)
  const page = new WatchedPage(browser)
  for (const domain of ['Page', 'Runtime', 'DOM']) await browser.ask(`${domain}.enable`)
  await browser.ask('Runtime.addBinding', { name: 'tell' })
  await browser.ask('Page.addScriptToEvaluateOnNewDocument', { source: WATCH })
  const loaded = new Promise<void>((resolve) => browser.listen('Page.loadEventFired', () => resolve()))
  await browser.ask('Page.navigate', { url })
  await Promise.race([loaded, browser.ended])
  return page
}

function defer(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

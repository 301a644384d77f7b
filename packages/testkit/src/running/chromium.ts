import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** Its sandbox needs what root and containers do not have; the pages are the tests' own. */
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-dev-shm-usage', '--remote-debugging-pipe'],
  ...['--no-first-run', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
]
/** Where it reads requests and writes answers, as descriptors. */
const [REQUESTS, ANSWERS] = [3, 4]

/** A page of a browser without a window, driven by the Chrome DevTools Protocol. */
export interface BrowserPage {
  /** Of the browser, whose children render the pages. */
  readonly processId: number
  /** Calls a method of the protocol. Rejects if the browser refuses it or has ended. */
  readonly ask: (method: string, params?: object) => Promise<unknown>
  /** Calls back at each event of this name. */
  readonly listen: (event: string, listener: (params: unknown) => void) => void
  /** Ends the browser. */
  readonly close: () => Promise<void>
  /** Rejects when the browser ends. */
  readonly ended: Promise<never>
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** Starts a browser with an empty page, and with files of its own in `profile`. */
export async function openPage(browser: string, profile: string): Promise<BrowserPage> {
  const chromium = spawn(browser, [...ARGUMENTS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const pending = new Map<number, Pending>()
  const listeners = new Map<string, (params: unknown) => void>()
  const requests = chromium.stdio[REQUESTS] as Writable
  const ended = once(chromium, 'exit').then(([code, signal]): never => {
    const error = new Error(`${browser} ended with ${code ?? signal}`)
    for (const { reject } of pending.values()) reject(error)
    throw error
  })
  ended.catch(() => undefined)
  // What is written as it ends is lost, and `ended` says so.
  requests.on('error', () => undefined)
  let count = 0
  const call = async (method: string, params: object, sessionId?: string): Promise<unknown> => {
    count += 1
    const id = count
    const answer = new Promise((resolve, reject) => pending.set(id, { resolve, reject }))
    requests.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    return await Promise.race([answer, ended])
  }
  readMessages(chromium.stdio[ANSWERS] as Readable, ({ id, method = '', params, result, error }) => {
    if (id === undefined) return listeners.get(method)?.(params)
    const asked = pending.get(id)
    pending.delete(id)
    if (error === undefined) asked?.resolve(result)
    else asked?.reject(new Error(error.message))
  })
  const session = await attach(call)
  return {
    processId: chromium.pid ?? 0,
    ask: (method, params = {}) => call(method, params, session),
    listen: (event, listener) => void listeners.set(event, listener),
    close: async () => {
      if (chromium.exitCode !== null || !chromium.kill()) return
      await ended.catch(() => undefined)
    },
    ended,
  }
}

/** Opens a page, and gives the session that drives it. */
async function attach(call: (method: string, params: object) => Promise<unknown>): Promise<string> {
  const { targetId } = (await call('Target.createTarget', { url: 'about:blank' })) as { targetId: string }
  const { sessionId } = (await call('Target.attachToTarget', { targetId, flatten: true })) as {
    sessionId: string
  }
  return sessionId
}

function readMessages(answers: Readable, take: (message: Message) => void): void {
  let rest = ''
  answers.setEncoding('utf8').on('data', (text: string) => {
    const messages = `${rest}${text}`.split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) take(JSON.parse(message))
  })
}

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { bundleProgram } from '@catalog/testkit/running'
import { type Dispatcher, request } from 'undici'
import { afterAll, onTestFinished } from 'vitest'

const MAIN = new URL('../src/main.ts', import.meta.url)
export const MODELS = '/v2/catalog/models'
export const DIGEST = 'a'.repeat(64)

/** A running service, and what it has logged so far. */
export interface Service {
  readonly url: string
  readonly process: ChildProcess
  readonly log: readonly string[]
  /** What it has written to stderr so far. */
  readonly errors: () => string
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
  readonly send: (
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>
}

// biome-ignore lint/suspicious/noExplicitAny: what a service answers is looked at field by field
type Body = any

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Body
}

/** Starts the program of the app, and waits until it listens. */
export async function startService(root: string, ...args: readonly string[]): Promise<Service> {
  const { node, path } = await bundleProgram(MAIN)
  const child = spawn(node, [path, '--root', root, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line)
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string }
      if (msg === 'listening' && url !== undefined) resolve(url)
    })
    ended.then(({ code, signal }) => reject(new Error(`ended with ${code ?? signal}: ${errors}`)))
  })
  return { url, process: child, log, errors: () => errors, ended, send: createSend(url) }
}

function createSend(url: string): Service['send'] {
  return async (method, path, body, headers = {}) => {
    const answer = await request(url + path, {
      method,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    })
    const text = await answer.body.text()
    const isJson = /json/u.test(String(answer.headers['content-type']))
    return { status: answer.statusCode, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
  }
}

export async function stopService(service: Service): Promise<void> {
  service.process.kill('SIGKILL')
  await service.ended
}

export async function makeRoot(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'orchestratord-'))
}

/** One service for all tests of a file, ended after them. */
export async function useService(...args: readonly string[]): Promise<Service & { readonly root: string }> {
  const root = await makeRoot()
  const service = await startService(root, ...args)
  afterAll(async () => {
    await stopService(service)
    await rm(root, { recursive: true })
  })
  return { ...service, root }
}

/** One for the test that runs. */
export async function useOwnService(
  root?: string,
  ...args: readonly string[]
): Promise<Service & { readonly root: string }> {
  const own = root ?? (await makeRoot())
  const service = await startService(own, ...args)
  onTestFinished(async () => {
    await stopService(service)
    if (root === undefined) await rm(own, { recursive: true, force: true })
  })
  return { ...service, root: own }
}

/** What curl prints. It sends a path as it is written. */
export async function curl(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', ['-sS', '--path-as-is', ...args])
  return stdout
}

export function pathOf(id: string): string {
  return `${MODELS}/${encodeURIComponent(id)}`
}

/** The events of a stream, one by one; `return` closes it. */
export async function* readEvents(
  service: Service,
  lastEventId?: string,
): AsyncGenerator<{ readonly event: string; readonly id: string; readonly data: Body }, void, undefined> {
  const { body, statusCode } = await request(`${service.url}/v2/catalog/events`, {
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    bodyTimeout: 0,
  })
  if (statusCode !== 200) throw new Error(`the stream answers ${statusCode}: ${await body.text()}`)
  let text = ''
  try {
    for await (const chunk of body) {
      text += String(chunk)
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/su, 2) as [string, string]))
        const event = fields.get('event')
        if (event !== undefined)
          yield { event, id: fields.get('id') ?? '', data: JSON.parse(fields.get('data') ?? '') }
      }
    }
  } catch (error) {
    if (!body.destroyed) throw error
  } finally {
    body.on('error', () => undefined).destroy()
  }
}

/** The next events, as many as are asked for. */
export async function take<T>(events: AsyncGenerator<T, void, undefined>, count: number): Promise<T[]> {
  const taken: T[] = []
  while (taken.length < count) {
    const { value, done } = await events.next()
    if (done || value === undefined) throw new Error(`the stream ended after ${taken.length} events`)
    taken.push(value)
  }
  return taken
}

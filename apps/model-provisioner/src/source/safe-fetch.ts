import { Agent, fetch } from 'undici'
import type { Fetch, FetchInit, FetchResponse } from './fetch.ts'
import { assertPublicHost, lookUpPublic } from './public-addresses.ts'
import { SourceError } from './source-error.ts'

const MOST_REDIRECTS = 5
const CONNECT_MS = 15_000
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]

export interface SafeFetchOptions {
  /** Whether a source, or what it redirects to, may be on a private network or this machine. Default false. */
  readonly allowPrivate?: boolean | undefined
  /** Addresses that are let through all the same, as they are written in a URL; names are looked up and checked in any case. */
  readonly isAllowed?: ((host: string) => boolean) | undefined
  /** Sent to these origins alone, as `Authorization: Bearer`. */
  readonly tokens?: Readonly<Record<string, string>> | undefined
}

/**
 * Asks public addresses only, after the name is looked up and at each redirect; sends credentials to the host that they are for;
 * and goes from `https:` to nothing weaker.
 */
export function createSafeFetch(options: SafeFetchOptions = {}): Fetch {
  const { allowPrivate = false, isAllowed = () => allowPrivate, tokens = {} } = options
  const lookup = allowPrivate ? {} : { lookup: lookUpPublic }
  // How long bytes may stay away is the caller's to say, by its signal.
  const dispatcher = new Agent({
    connect: { ...lookup, timeout: CONNECT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return async (from, init) => {
    let url = parseUrl(from)
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      if (!isAllowed(url.hostname)) assertPublicHost(url.hostname)
      const response = await ask(url, init, { dispatcher, tokens })
      const next = response.headers.get('location')
      if (!REDIRECTS.includes(response.status) || next === null) return response
      await response.body?.cancel()
      url = redirect(url, next)
    }
    throw new SourceError(`the source redirects more than ${MOST_REDIRECTS} times`, { isTransient: false })
  }
}

interface Asking extends Pick<SafeFetchOptions, 'tokens'> {
  readonly dispatcher: Agent
}

async function ask(
  url: URL,
  { headers, signal }: FetchInit,
  { dispatcher, tokens = {} }: Asking,
): Promise<FetchResponse> {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  const authorization = authorize(url, tokens[url.origin])
  const sent = authorization === undefined ? headers : { ...headers, authorization }
  try {
    return await fetch(bare, { headers: sent, signal, dispatcher, redirect: 'manual' })
  } catch (error) {
    signal.throwIfAborted()
    throw findSourceError(error) ?? error
  }
}

function authorize({ username, password }: URL, token: string | undefined): string | undefined {
  if (username === '' && password === '') return token === undefined ? undefined : `Bearer ${token}`
  const pair = `${decode(username)}:${decode(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function redirect(from: URL, location: string): URL {
  const to = parseUrl(location, from)
  if (from.protocol === 'https:' && to.protocol !== 'https:') {
    throw new SourceError('the source redirects from https: to http:', { isTransient: false })
  }
  return to
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url
  throw new SourceError('the source is not an https: or http: URL', { isTransient: false })
}

/** A lookup that was refused is the cause of the cause. */
function findSourceError(error: unknown): SourceError | undefined {
  if (error instanceof SourceError || !(error instanceof Error))
    return error instanceof SourceError ? error : undefined
  if (error instanceof AggregateError)
    return error.errors.map(findSourceError).find((each) => each !== undefined)
  return findSourceError(error.cause)
}

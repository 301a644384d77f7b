import { cutCredentials } from './redact-source.ts'

/** Why a text is not a reference, in words that follow its name and quote nothing of it. */
export class NotARef {
  readonly problem: string

  constructor(problem: string) {
    this.problem = problem
  }
}

export interface UrlParts {
  /** Host and port as they were written, without user and password. */
  readonly authority: string
  /** What is behind it, without query and fragment. */
  readonly path: string
}

/** In its one spelling already, as most are. To parse a URL takes longer than all the rest. */
const PLAIN_HOST = /^(?!.*xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/u
const HIDDEN_HOST =
  'must have an unambiguous user and password: write @ as %40 and : as %3A in a name or path'

/** The parts of what follows `<scheme>:`. Without `//` all of it is the path. */
export function splitUrl(scheme: string, rest: string): UrlParts | NotARef {
  if (rest.includes('\\')) return new NotARef('must not contain \\: write %5C')
  const start = rest.startsWith('//') ? 2 : 0
  const shown = rest.slice(start).replace(/[?#].*$/su, '')
  const written = start === 0 ? '' : (shown.split('/', 1)[0] ?? '')
  const authority = written.slice(written.lastIndexOf('@') + 1)
  const path = shown.slice(written.length)
  // What is shown to people is cut with more care. Where that cuts more than this, part of a password may be left.
  const plain = `${scheme}:${rest.slice(0, start)}${authority}${path}`
  if (cutCredentials(`${scheme}:${rest}`) !== plain) return new NotARef(HIDDEN_HOST)
  return { authority, path }
}

/** Host and port in their one spelling, without the port that the scheme has anyway. */
export function normalizeHost(authority: string, scheme: 'http' | 'https'): string | NotARef {
  if (PLAIN_HOST.test(authority)) return authority
  try {
    const { host } = new URL(`${scheme}://${authority}/`)
    if (host !== '') return host
  } catch {
    // Without a cause: it would quote the text.
  }
  return new NotARef('must have a host after //')
}

// Who publishes the packages, and where their home is: publisher.json, which the publisher sets.
import { readFileSync } from 'node:fs'

export interface Publisher {
  /** The address that git clones. */
  readonly repository: string
  readonly homepage: string
  /** Where bugs are reported. */
  readonly bugs: string
  /** What `docs/errors.md` is below, for links from READMEs. */
  readonly documents: string
  readonly keywords: readonly string[]
}

type PublisherFile = { readonly [field in keyof Publisher]: Publisher[field] | null }

const ADDRESSES = ['repository', 'homepage', 'bugs', 'documents'] as const

/** Throws if an address is not set: a package must say where it is from. */
export function readPublisher(): Publisher {
  const file = readFile()
  const missing = ADDRESSES.filter((field) => file[field] === null)
  if (missing.length > 0)
    throw new Error(`Set ${missing.join(', ')} in .ci/release/publisher.json before a release`)
  return file as Publisher
}

/** The home of packages that stay on this machine. */
export function createLoopbackPublisher(tree: string): Publisher {
  const home = `file://${tree.replace(/\/$/, '')}`
  const { keywords } = readFile()
  return {
    repository: `git+${home}`,
    homepage: home,
    bugs: home,
    documents: home,
    keywords: keywords ?? [],
  }
}

function readFile(): PublisherFile {
  return JSON.parse(readFileSync(new URL('publisher.json', import.meta.url), 'utf8'))
}

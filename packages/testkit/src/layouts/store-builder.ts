import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** SHA-256 in lower-case hexadecimal characters. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The id that git gives to a file with these bytes. */
export function gitBlobId(bytes: Uint8Array | string): string {
  const length = Buffer.byteLength(bytes)
  return createHash('sha1').update(`blob ${length}\0`).update(bytes).digest('hex')
}

/** Writes below one directory; paths have `/` between segments. */
export interface StoreBuilder {
  /** Absolute. */
  readonly root: string
  at(path: string): string
  /** Writes a file, and the directories that it needs. Gives its absolute path. */
  put(path: string, bytes: Uint8Array | string): string
  /** A file with the JSON of a value. */
  putJson(path: string, value: unknown): string
  /** A relative symbolic link at a path to another path below the root. */
  link(path: string, target: string): string
  /** A symbolic link with exactly this text. */
  linkTo(path: string, text: string): string
  /** A second name for a file. */
  hardLink(path: string, target: string): string
}

export function buildStore(root: string): StoreBuilder {
  const at = (path: string): string => join(root, ...path.split('/'))
  const prepare = (path: string): string => {
    const absolute = at(path)
    mkdirSync(dirname(absolute), { recursive: true })
    return absolute
  }
  const put = (path: string, bytes: Uint8Array | string): string => {
    const absolute = prepare(path)
    writeFileSync(absolute, bytes)
    return absolute
  }
  const linkTo = (path: string, text: string): string => {
    const absolute = prepare(path)
    symlinkSync(text, absolute)
    return absolute
  }
  return {
    root,
    at,
    put,
    putJson: (path, value) => put(path, JSON.stringify(value)),
    link: (path, target) => linkTo(path, relative(dirname(at(path)), at(target))),
    linkTo,
    hardLink(path, target) {
      const absolute = prepare(path)
      linkSync(at(target), absolute)
      return absolute
    },
  }
}

/** Stores in which one thing is wrong or unusual, by the name of that. Everything of the whole store is in them too. */
export type Damages = Readonly<Record<string, (store: StoreBuilder) => void>>

/** The whole store, and then what is wrong. */
export function damageAfter(build: (store: StoreBuilder) => void, damages: Damages): Damages {
  const all = Object.entries(damages).map(([name, damage]) => [
    name,
    (store: StoreBuilder): void => {
      build(store)
      damage(store)
    },
  ])
  return Object.fromEntries(all)
}

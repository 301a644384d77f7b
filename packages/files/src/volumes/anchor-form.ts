/** Room `volumes`: which volume a file is on, whatever the machine calls it. */

import { hash } from 'node:crypto'
import { CatalogError } from '@catalog/types'

/** The content of an anchor file. */
export interface AnchorContent {
  /** Of the volume: a random UUID. */
  readonly id: string
  /** Of the anchor file itself. */
  readonly ino: string
  /** Of the anchor file itself; absent where the file system's birth times cannot be trusted. */
  readonly birthtimeNs?: string
}

/** An anchor is one short line; more is none. */
export const MAX_ANCHOR_BYTES = 1024

const VERSION = 1
const CHECKSUM_LENGTH = 32
const LINE = /^(?<checksum>[0-9a-f]{32}) (?<json>\{.*\})\n$/u
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u
const DECIMAL = /^[0-9]{1,20}$/u

/** The line of an anchor: a checksum, a space, JSON and a line feed, as in every file of the catalog. */
export function formatAnchor({ id, ino, birthtimeNs }: AnchorContent): string {
  const json = JSON.stringify({ version: VERSION, id, ino, birthtimeNs })
  return `${checksumOf(json)} ${json}\n`
}

/**
 * What an anchor says; undefined for a text that is none.
 *
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a later version wrote it
 */
export function parseAnchor(text: string, path: string): AnchorContent | undefined {
  const { checksum, json = '' } = LINE.exec(text)?.groups ?? {}
  if (checksum === undefined || checksumOf(json) !== checksum) return undefined
  const found = parseObject(json)
  if (found['version'] !== VERSION) throw createUnsupported(path, found['version'])
  const id = textOf(found['id'], UUID)
  const ino = textOf(found['ino'], DECIMAL)
  if (id === undefined || ino === undefined) return undefined
  if (found['birthtimeNs'] === undefined) return { id, ino }
  const birthtimeNs = textOf(found['birthtimeNs'], DECIMAL)
  return birthtimeNs === undefined ? undefined : { id, ino, birthtimeNs }
}

function checksumOf(json: string): string {
  return hash('sha256', json, 'hex').slice(0, CHECKSUM_LENGTH)
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(json) }
  } catch {
    // With a right checksum, so that another program means something else by it.
    return {}
  }
}

function textOf(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined
}

function createUnsupported(path: string, version: unknown): CatalogError<'UNSUPPORTED_FORMAT'> {
  const [found, supported] = [`version ${JSON.stringify(version)}`, `version ${VERSION}`]
  const message = `${path} has ${found} of a volume's anchor; this program reads ${supported}`
  return new CatalogError('UNSUPPORTED_FORMAT', message, { path, found, supported })
}

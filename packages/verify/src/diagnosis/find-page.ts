import { extname } from 'node:path'
import { parseSha256Digest, type Sha256Digest } from '@catalog/types'
import { fieldOf, parseBoundedJson } from '../format/bounded-json.ts'
import type { Diagnosis } from './diagnosis.ts'
import { toSaidText } from './page-text.ts'

/** As much of a page as is looked at. */
const MAX_PAGE_BYTES = 64 * 1024
/** Servers that answer in plain text are brief. */
const MAX_TEXT_PAGE_BYTES = 4096
const HTML_START = /^<(?:!doctype html|html|head|body)\b/iu
const XML_START = /^<(?:\?xml|error>)/iu
const POINTER = /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v1\n/u
const MAX_POINTER_BYTES = 1024
/** Files of a model in which such a text may be right. */
const TEXT_EXTENSIONS: ReadonlySet<string> = new Set(
  ['csv', 'html', 'jinja', 'json', 'jsonl', 'md', 'py', 'toml', 'tsv', 'txt', 'xml', 'yaml', 'yml'].map(
    (extension) => `.${extension}`,
  ),
)

/** The first bytes of a file. */
export interface FileHead {
  readonly path: string
  readonly bytes: Uint8Array
  readonly sizeBytes: number
}

/** The pointer of git-lfs that a file is, if it is one. */
export function findPointer({ bytes, sizeBytes }: FileHead, expected?: Sha256Digest): Diagnosis | undefined {
  if (sizeBytes > MAX_POINTER_BYTES) return undefined
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n')
  const oid = /^oid sha256:([0-9a-f]{64})$/mu.exec(text)?.[1]
  const size = /^size (\d{1,15})$/mu.exec(text)?.[1]
  if (!POINTER.test(text) || oid === undefined || size === undefined) return undefined
  const pointed = { oid: parseSha256Digest(oid), pointedBytes: Number(size) }
  return {
    kind: 'git-lfs-pointer',
    ...pointed,
    ...(expected === undefined ? {} : { isExpected: pointed.oid === expected }),
  }
}

/** The page of a server that a file is, if it is one and a page is not what its name promises. */
export function findPage({ path, bytes, sizeBytes }: FileHead): Diagnosis | undefined {
  const text = decodeText(bytes.subarray(0, MAX_PAGE_BYTES))
  if (text === undefined) return undefined
  const start = skipXmlHead(text)
  const extension = extname(path).toLowerCase()
  if (HTML_START.test(start) && !['.html', '.htm', '.md'].includes(extension))
    return { kind: 'html-page', says: toSaidText(titleOf(start) ?? stripTags(start)) }
  if (TEXT_EXTENSIONS.has(extension)) return undefined
  if (XML_START.test(text.trimStart())) return { kind: 'xml-page', says: toSaidText(stripTags(start)) }
  if (/^[[{]/u.test(start)) return { kind: 'json-page', says: toSaidText(messageOf(start) ?? start) }
  if (sizeBytes === 0 || sizeBytes > MAX_TEXT_PAGE_BYTES || text.includes('\uFFFD')) return undefined
  return { kind: 'text-page', says: toSaidText(text) }
}

/** The bytes as text; undefined for bytes that no text has. A character cut at the end is left out. */
function decodeText(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(bytes, { stream: true })
  return /[^\P{Cc}\t\n\v\f\r]/u.test(text) ? undefined : text
}

/** What follows the XML declaration and comments. By hand: a pattern for comments could take for ever. */
function skipXmlHead(text: string): string {
  let rest = text.trimStart()
  for (;;) {
    const closing = rest.startsWith('<!--') ? '-->' : rest.startsWith('<?xml') ? '?>' : undefined
    const end = closing === undefined ? -1 : rest.indexOf(closing)
    if (closing === undefined || end < 0) return rest
    rest = rest.slice(end + closing.length).trimStart()
  }
}

function titleOf(html: string): string | undefined {
  const title = /<title[^<>]*>([^<]*)/iu.exec(html)?.[1]?.trim()
  return title === '' ? undefined : title
}

function stripTags(markup: string): string {
  return markup.replace(/<[^<>]*>/gu, ' ')
}

/** What the usual fields of an error say; undefined where the JSON has none, or is cut. */
function messageOf(json: string): string | undefined {
  const parsed = parseBoundedJson(json, MAX_PAGE_BYTES)
  if ('problem' in parsed) return undefined
  const { value } = parsed
  const error = fieldOf(value, 'error')
  const messages = [error, fieldOf(error, 'message'), fieldOf(value, 'message'), fieldOf(value, 'detail')]
  return messages.find((message) => typeof message === 'string')
}

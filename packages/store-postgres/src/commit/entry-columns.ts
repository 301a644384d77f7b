import { hash } from 'node:crypto'
import { type ModelEntry, redactSource, sizeOfEntry } from '@catalog/types'
import { toIndexKey } from '@catalog/types/adapter'

/** What queries ask of an entry, as the columns of `entries`. Of a removed one each is null. */
export interface EntryColumns {
  readonly state: string
  readonly name: string
  readonly name_order: string
  readonly digest: string | null
  readonly source_key: string
  readonly file_key: string | null
  readonly location_key: string | null
  readonly architecture_key: string | null
  readonly quantisation_key: string | null
  readonly parameters: number | null
  readonly size: number | null
  readonly registered: number | null
  readonly verified: number | null
  readonly tags: readonly string[] | null
  readonly search: string
}

/** Between the texts of a search: no text that is stored has it. */
export const SEARCH_SEPARATOR = '\n'

/** The columns of an entry. */
export function toEntryColumns(entry: ModelEntry): EntryColumns {
  const { state, name, digest, source, file, location, facts, tags, registeredAt, verifiedAt } = entry
  return {
    ...{ state, name, name_order: toNameOrder(name), digest },
    source_key: toKey(toIndexKey('source', source)),
    file_key: file === undefined ? null : toKey(file),
    location_key: location === undefined ? null : toKey(location),
    architecture_key: toFactKey(facts?.architecture),
    quantisation_key: toFactKey(facts?.quantisation),
    parameters: facts?.parameters ?? null,
    size: sizeOfEntry(entry) ?? null,
    registered: toMs(registeredAt),
    verified: verifiedAt === null ? null : toMs(verifiedAt),
    tags: tags === undefined || tags.length === 0 ? null : tags,
    search: toSearchText(entry),
  }
}

/** A digest of a text, which is equal only if each code unit is, in hexadecimal. */
export function toKey(text: string): string {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'hex')
}

/** The key of a fact, whose case is ignored. */
export function toFactKey(fact: string | undefined): string | null {
  return fact === undefined ? null : toKey(fact.toLowerCase())
}

/** Bytes in the order that JavaScript has for texts: by UTF-16 code unit, in hexadecimal. */
export function toNameOrder(name: string): string {
  return Buffer.from(name, 'utf16le').swap16().toString('hex')
}

function toSearchText({ id, name, tags = [], source }: ModelEntry): string {
  const texts = [id, name, ...tags, redactSource(source)].map((text) => text.toLowerCase())
  return texts.join(SEARCH_SEPARATOR).toWellFormed().replaceAll('\0', '')
}

function toMs(time: string): number | null {
  const ms = Date.parse(time)
  return Number.isNaN(ms) ? null : ms
}

import { type DeclaredOrigin, type DigestOrigin, isDeclaredOrigin } from '../entry/digest-origin.ts'
import type { EntryContent } from '../entry/model-entry.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * `digest_origin` is only ever `declared` or `computed`, which every version reads. Who declared the digest is in two
 * fields of their own, which older versions keep as they are. As those may also write another digest, the fields name
 * the one that they are about.
 */
export const DECLARED_BY_KEYS = ['declared_by', 'declared_digest'] as const

/**
 * The digest origin of an entry on disk. A declared digest whose `declared_by` is missing, is about another digest, or
 * is a word of a newer version comes from the caller.
 */
export function readDigestOrigin(wire: Fields, digest: string | null): DigestOrigin | undefined {
  const { digest_origin: kind } = wire
  if (kind === 'computed') return 'computed'
  if (kind !== 'declared') return undefined
  return readDeclaredBy(wire, digest) ?? 'caller'
}

/** What `declared_by` says of this digest, if it says what this version can read. */
export function readDeclaredBy(wire: Fields, digest: string | null): DeclaredOrigin | undefined {
  const { digest_origin: kind, declared_by: origin, declared_digest: about } = wire
  const counts = kind === 'declared' && digest !== null && about === digest
  return counts && isDeclaredOrigin(origin) ? origin : undefined
}

/** Writes the digest origin of an entry: `declared_by` only if that is not the caller. */
export function writeDigestOrigin(
  wire: Record<string, unknown>,
  { digestOrigin, digest }: Pick<EntryContent, 'digestOrigin' | 'digest'>,
): void {
  if (digestOrigin === undefined || digestOrigin === 'computed') return
  wire['digest_origin'] = 'declared'
  if (digestOrigin === 'caller' || digest === null) return
  wire['declared_by'] = digestOrigin
  wire['declared_digest'] = digest
}

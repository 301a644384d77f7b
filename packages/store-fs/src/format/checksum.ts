import { hash } from 'node:crypto'

/** Hexadecimal characters of a checksum and of a prefix digest: 128 bits of SHA-256. */
export const CHECKSUM_LENGTH = 32

/** What the chain of prefix digests of a new catalog starts from. */
export const FIRST_PREFIX: string = '0'.repeat(CHECKSUM_LENGTH)

/** The checksum in front of a record: the first 32 hexadecimal characters of the SHA-256 of its JSON text. */
export function checksumOf(json: Uint8Array | string): string {
  return hash('sha256', json, 'hex').slice(0, CHECKSUM_LENGTH)
}

/** Hₙ = SHA-256(Hₙ₋₁ ‖ line), first 32 hexadecimal characters: it stands for every record up to this one. */
export function extendPrefix(prefix: string, line: Uint8Array): string {
  const chained = Buffer.allocUnsafe(CHECKSUM_LENGTH + line.length)
  // Stryker disable next-line StringLiteral: a digest is ASCII.
  chained.write(prefix, 0, 'latin1')
  chained.set(line, CHECKSUM_LENGTH)
  return hash('sha256', chained, 'hex').slice(0, CHECKSUM_LENGTH)
}

/** Fewer could be chance: of random bytes one in 256 is a line feed. */
const MIN_SIGNS = 8
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const REPLACEMENT = Buffer.from('\uFFFD')

/**
 * How binary bytes were damaged by a program that took them for text; undefined if nothing shows it. Texts in a
 * header may look so too: ask only of a file that is wrong by its own account.
 */
export function findTextDamage(sample: Uint8Array): string | undefined {
  const bytes = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength)
  if (isMangled(bytes)) return 'a program that took it for UTF-8 text replaced its other bytes by EF BF BD'
  if (isConverted(bytes)) return 'a transfer in text mode made CRLF of every line feed'
  return undefined
}

function isMangled(bytes: Buffer): boolean {
  let count = 0
  for (let at = bytes.indexOf(REPLACEMENT); at >= 0; at = bytes.indexOf(REPLACEMENT, at + 3)) count += 1
  if (count < MIN_SIGNS) return false
  try {
    // A character that the end of the sample cuts is left out.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function isConverted(bytes: Buffer): boolean {
  let count = 0
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at - 1] !== CARRIAGE_RETURN) return false
    count += 1
  }
  return count >= MIN_SIGNS
}

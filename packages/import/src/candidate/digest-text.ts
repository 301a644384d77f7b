const SHA256_HEX = /^[0-9a-f]{64}$/u
const GIT_BLOB_ID = /^[0-9a-f]{40}$/u

/** The digest of `sha256:<hex>`, `sha256-<hex>` or 64 lower-case hexadecimal characters; undefined for all else. */
export function parseSha256(text: string | undefined): string | undefined {
  const hex = text?.replace(/^sha256[:-]/u, '')
  return hex !== undefined && SHA256_HEX.test(hex) ? hex : undefined
}

/** A git blob id: 40 lower-case hexadecimal characters; undefined for all else, as a masked one. */
export function parseGitBlobId(text: string | undefined): string | undefined {
  return text !== undefined && GIT_BLOB_ID.test(text) ? text : undefined
}

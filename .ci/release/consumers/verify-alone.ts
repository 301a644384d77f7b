import { createVerifier, digestFile, isCatalogError, verifyDigest } from '@catalog/verify'

/** A service that only verifies: the right digest is found, by threads, and a wrong one is refused. */
export async function run(directory: string, digest: string): Promise<string> {
  const path = `${directory}/model.bin`
  const verifier = createVerifier({ threads: 2 })
  const found = await Promise.all([verifier.digestFile(path), digestFile(path), verifyDigest(path, digest)])
  await verifier.close()
  if (found.some((each) => each.digest !== digest)) throw new Error('Another digest')
  const refused = await verifyDigest(path, '0'.repeat(digest.length)).catch((error: unknown) => error)
  if (!isCatalogError(refused, 'DIGEST_MISMATCH') || refused.details.found !== digest) throw refused
  return 'verified'
}

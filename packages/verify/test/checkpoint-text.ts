import { createCheckpoint, formatCheckpoint } from '../src/hashing/hash-checkpoint.ts'
import { createSha256 } from '../src/hashing/wasm-sha256.ts'

const BYTES = new TextEncoder().encode('the first bytes of a model')

/** The text of a checkpoint after some bytes. */
export async function createCheckpointText(): Promise<string> {
  const sha256 = await createSha256()
  sha256.update(BYTES)
  const state = Buffer.from(sha256.save()).toString('base64')
  const tail = { sizeBytes: BYTES.length, digest: 'a'.repeat(64) }
  const file = { dev: '2049', ino: '18446744073709551615' }
  return formatCheckpoint(createCheckpoint({ offset: BYTES.length, state, tail, file }))
}

import { createHash } from 'node:crypto'
import type { FileVerifier, SeenFile } from '@catalog/types'
import type { TestFiles } from '../world/test-files.ts'

/** What an implementation of `FileVerifier` may lack. The tests that need it are not declared then. */
export type VerifierCapability =
  /** It reads the bytes of files, and opens them. A fake that knows only digests lacks this. */
  | 'bytes'
  /** Symbolic links, which are refused unless a caller follows them. */
  | 'symbolic-links'

/** A verifier, and the files that it reads. */
export interface VerifierHarness {
  readonly verifier: FileVerifier
  readonly world: TestFiles
}

/** Called once for each test. The suite closes the verifier and disposes of the world. */
export type CreateVerifierHarness = () => Promise<VerifierHarness>

/** Options of the suite for `FileVerifier`. */
export interface VerifierConformanceOptions {
  readonly lacks?: readonly VerifierCapability[]
}

/** A harness as a test uses it. */
export interface VerifierFixture extends VerifierHarness {
  /** The absolute path of a file in the root. */
  at(file: string): string
  /** Writes a file in the root and looks at it. */
  write(file: string, content: string | Uint8Array): Promise<SeenFile>
  dispose(): Promise<void>
}

export async function createVerifierFixture(createHarness: CreateVerifierHarness): Promise<VerifierFixture> {
  const { verifier, world } = await createHarness()
  const at = (file: string): string => `${world.root}/${file}`
  return {
    verifier,
    world,
    at,
    async write(file, content) {
      const path = at(file)
      await world.write(path, content)
      return { path, fingerprint: await verifier.statFile(path) }
    },
    async dispose() {
      await verifier.close()
      await world.dispose()
    },
  }
}

/** The SHA-256 of a content, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

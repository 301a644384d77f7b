import type { FileVerifier } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { Wait } from '../context/wait.ts'

/**
 * The context with a verifier that reads no more than so many bytes a second over all its files. The verifier itself keeps
 * the rate within a large file; a small one is read in one go, and the next file waits for its time.
 */
export function withPace(context: CatalogContext, bytesPerSecond: number, wait: Wait): CatalogContext {
  const { verifier, monotonicMs } = context
  const startedMs = monotonicMs()
  let doneBytes = 0
  const digestFile: FileVerifier['digestFile'] = async (path, options) => {
    const dueMs = startedMs + (doneBytes / bytesPerSecond) * 1000
    const earlyMs = dueMs - monotonicMs()
    if (earlyMs > 0) await wait(earlyMs, options?.signal)
    const read = await verifier.digestFile(path, { ...options, bytesPerSecond })
    doneBytes += read.sizeBytes
    return read
  }
  return { ...context, verifier: { ...delegateTo(verifier), digestFile } }
}

/** An adapter may be an object of a class, whose methods no spread would copy. */
function delegateTo(verifier: FileVerifier): Omit<FileVerifier, 'digestFile'> {
  return {
    measureFile: (...args) => verifier.measureFile(...args),
    readFingerprint: (...args) => verifier.readFingerprint(...args),
    openFile: (...args) => verifier.openFile(...args),
    diagnoseFile: (...args) => verifier.diagnoseFile(...args),
    resumeDownload: (...args) => verifier.resumeDownload(...args),
    checkpointPathOf: (...args) => verifier.checkpointPathOf(...args),
    digestManifest: (...args) => verifier.digestManifest(...args),
    findMissingShards: (...args) => verifier.findMissingShards(...args),
    close: () => verifier.close(),
  }
}

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Evidence, ModelEntry } from 'model-catalog'

type Recorded = NonNullable<Evidence['fingerprint']>

/** Whether the files of a model that was found wrong are those that were read: reading them again would tell nothing new. */
export async function isStillWrong({ location, evidence = {} }: ModelEntry): Promise<boolean> {
  if (location === undefined) return false
  for (const reading of Object.values(evidence)) {
    if (reading.outcome === 'mismatch' && (await isUnchanged(location, reading))) return true
  }
  return false
}

async function isUnchanged(location: string, { fingerprint, files = [] }: Evidence): Promise<boolean> {
  if (fingerprint !== undefined) return await isAsRecorded(location, fingerprint)
  for (const file of files) {
    if (!(await isAsRecorded(join(location, ...file.path.split('/')), file.fingerprint))) return false
  }
  return files.length > 0
}

/** A file that cannot be examined is read again, and the reading tells why. */
async function isAsRecorded(path: string, { ino, sizeBytes, mtimeNs, ctimeNs }: Recorded): Promise<boolean> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return (
    found !== undefined &&
    String(found.ino) === ino &&
    Number(found.size) === sizeBytes &&
    String(found.mtimeNs) === mtimeNs &&
    String(found.ctimeNs) === ctimeNs
  )
}

import { stat } from 'node:fs/promises'

/** The size in bytes for a progress bar; undefined of what is no regular file, or cannot be looked at: reading it tells why. */
export async function findSize(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch {
    return undefined
  }
}

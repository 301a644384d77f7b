import { stat } from 'node:fs/promises'

/** The size in bytes, for a progress bar; undefined if it is not a regular file or cannot be read, which reading it reports. */
export async function findSize(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch {
    return undefined
  }
}

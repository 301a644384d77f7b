import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** From now on nothing can be written to the disk that is mounted at a path. */
export async function remountReadOnly(path: string): Promise<void> {
  await promisify(execFile)('mount', ['-o', 'remount,ro', path])
}

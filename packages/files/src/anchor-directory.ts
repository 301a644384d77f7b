import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, isMissing, toDiskError } from '@catalog/system-calls'
import { ANCHOR_FILE, CATALOG_DIRECTORY, ROOT_ANCHOR } from './paths/own-names.ts'
import { readAnchor } from './volumes/read-anchor.ts'

/**
 * Why a directory cannot be one of the `anchors` of a catalog, as half a sentence; undefined if it has an
 * anchor, or one can be created in it. Changes nothing.
 *
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version created the existing anchor
 * @throws {CatalogError} IO if the disk cannot be read
 */
export async function findAnchorProblem(directory: string): Promise<string | undefined> {
  try {
    if (!(await stat(directory)).isDirectory()) return 'is not a directory'
  } catch (error) {
    if (isMissing(error)) return 'does not exist'
    throw toDiskError(error, 'stat', directory)
  }
  const paths = [join(directory, ANCHOR_FILE), join(directory, CATALOG_DIRECTORY, ROOT_ANCHOR)]
  if (paths.some((path) => readAnchor(path)?.volume !== undefined)) return undefined
  return (await isWritable(directory)) ? undefined : 'has no anchor and cannot be written'
}

async function isWritable(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK | constants.X_OK)
    return true
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')) return false
    throw toDiskError(error, 'access', directory)
  }
}

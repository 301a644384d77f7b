import { isCatalogError, type ModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferenceOf } from '../entry/model-file-name.ts'
import { readEntry } from '../entry/update-entry.ts'

/**
 * The id of the volume on which a model is collected, by the nearest directory that is there; undefined for one without an
 * anchor.
 */
export async function findPlaceVolume(context: CatalogContext, id: ModelId): Promise<string | undefined> {
  const { files, volumes } = context
  const path = files.pathOf(fileReferenceOf(await readEntry(context, id)))
  for (let each = path; ; each = parentOf(each)) {
    try {
      const { id: volume, anchor } = await volumes.prepare(each)
      return anchor === undefined ? undefined : volume
    } catch (error) {
      if (!isCatalogError(error)) throw error
      // What cannot be written is told by what is going to write there.
      if (error.code !== 'FILE_MISSING' || parentOf(each) === each) return undefined
    }
  }
}

function parentOf(path: string): string {
  // Stryker disable next-line Regex: a slash more is a turn more.
  return path.replace(/[\\/]+[^\\/]*$/u, '') || path.slice(0, 1)
}

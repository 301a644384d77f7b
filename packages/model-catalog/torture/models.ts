import { createHash } from 'node:crypto'
import { sampleGguf } from '@catalog/testkit/models'

/** A model of the run: two have the same bytes, so that there is something to share. */
export interface TortureModel {
  readonly id: string
  /** Inside the root. */
  readonly file: string
  readonly digest: string
  readonly sizeBytes: number
  /** Whether no other model is in its directory. */
  readonly hasOwnDirectory: boolean
}

const SIZE_BYTES = 120_000
const PER_PLACE = 6

/** Models in each of these directories, with and without directories of their own. */
export function planModels(places: readonly string[]): readonly TortureModel[] {
  return places.flatMap((place, at) =>
    Array.from({ length: PER_PLACE }, (_, n): TortureModel => {
      const id = `m-${at}-${n}`
      const hasOwnDirectory = n % 3 !== 0
      const file = `${place}${hasOwnDirectory ? `${id}/m` : `flat/${id}`}.gguf`
      const digest = createHash('sha256').update(rightBytes(id)).digest('hex')
      return { id, file, digest, sizeBytes: SIZE_BYTES, hasOwnDirectory }
    }),
  )
}

/** `m-1-2` and `m-1-3` have the same. */
export function rightBytes(id: string): Buffer {
  const [, place, n] = id.split('-').map(Number)
  return sampleGguf(`right ${place} ${Math.floor((n ?? 0) / 2)}`, { sizeBytes: SIZE_BYTES })
}

export function wrongBytes(id: string): Buffer {
  return sampleGguf(`wrong ${id}`, { sizeBytes: SIZE_BYTES })
}

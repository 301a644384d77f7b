/** A directory that has this one is the root of a catalog. */
export const CATALOG_DIRECTORY = '.catalog'

/** In that directory, the anchor of the volume that it is on. */
export const ROOT_ANCHOR = 'volume'

/** The anchor of a volume, in a directory that is not the root of a catalog. */
export const ANCHOR_FILE = '.catalog-volume'

const ANCHOR_NAME = /^\.catalog-volume(?:\.[^/]*\.tmp)?$/iu

/** Whether a name is that of an anchor, or of one that is being made, which are no model files wherever they are. */
export function isAnchorName(name: string): boolean {
  return ANCHOR_NAME.test(name)
}

/** A directory that has this one is the root of a catalog. */
export const CATALOG_DIRECTORY = '.catalog'

/** In that directory, the anchor of the volume that it is on. */
export const ROOT_ANCHOR = 'volume'

/** The anchor of a volume, in a directory that is not the root of a catalog. */
export const ANCHOR_FILE = '.catalog-volume'

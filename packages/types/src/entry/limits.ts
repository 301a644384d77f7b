/** The most files of one model. */
export const MAX_MODEL_FILES = 2000
/** The most leases on one model at a time. */
export const MAX_LEASES = 256
/** The most quarantined files that one entry records. */
export const MAX_QUARANTINED = 64
/** The most notes of one diagnosis. */
export const MAX_DIAGNOSIS_NOTES = 32

/** Room `problems`: errors as problem details of RFC 9457. */

import type { CatalogErrorCode, CatalogErrorDetails } from 'model-catalog'

/** How an error of the catalog is answered. */
export interface CatalogProblem<C extends CatalogErrorCode> {
  readonly status: number
  readonly title: string
  /** What of the details the caller may see: nothing that tells of the machine, so no paths and no holders. */
  readonly shown: (details: CatalogErrorDetails[C]) => object
}

const nothing = (): object => ({})
const onlyId = ({ id }: { readonly id?: string }): object => ({ id })

/** Every code of the catalog. A new one does not compile before it stands here. */
export const CATALOG_PROBLEMS = {
  INVALID_INPUT: {
    status: 400,
    title: 'The request has fields that are missing, wrong or unknown',
    shown: ({ problems }) => ({ problems }),
  },
  INVALID_TRANSITION: {
    status: 409,
    title: 'The model cannot go to this state from the one that it has',
    shown: ({ id, from, to }) => ({ id, from, to }),
  },
  NOT_FOUND: { status: 404, title: 'No model has this id', shown: ({ id, at }) => ({ id, at }) },
  ALREADY_EXISTS: {
    status: 409,
    title: 'The id, or the path of the model, is taken',
    shown: ({ id, existingId }) => ({ id, existingId }),
  },
  CONFLICT: {
    status: 409,
    title: 'The model was changed meanwhile',
    shown: ({ id, expectedRevision, foundRevision }) => ({ id, expectedRevision, foundRevision }),
  },
  NOT_USABLE: {
    status: 409,
    title: 'The model may not be used here now',
    shown: ({ id, state, problem }) => ({ id, state, problem }),
  },
  IN_USE: {
    status: 409,
    title: 'The model is in use',
    shown: ({ id, users }) => ({ id, users: users.map(({ use, until }) => ({ use, until })) }),
  },
  LAST_COPY: {
    status: 409,
    title: 'No other machine has a verified copy of the model',
    shown: ({ id, verifiedAt }) => ({ id, verifiedAt }),
  },
  TOO_MANY_LEASES: {
    status: 409,
    title: 'The model has as many leases as it may have',
    shown: ({ id, limit, until }) => ({ id, limit, until }),
  },
  LEASE_ENDED: { status: 410, title: 'The lease has ended', shown: onlyId },
  DOWNLOAD_ENDED: { status: 410, title: 'The download has ended', shown: onlyId },
  DOWNLOAD_INCOMPLETE: {
    status: 409,
    title: 'The download is not complete',
    shown: ({ id, expectedBytes, foundBytes }) => ({ id, expectedBytes, foundBytes }),
  },
  DIGEST_MISMATCH: {
    status: 422,
    title: 'The bytes of the model are not the expected ones',
    shown: ({ id, expected, found, sizeBytes }) => ({ id, expected, found, sizeBytes }),
  },
  SIZE_MISMATCH: {
    status: 422,
    title: 'The model does not have the expected size',
    shown: ({ id, expectedBytes, foundBytes }) => ({ id, expectedBytes, foundBytes }),
  },
  NOT_A_MODEL: { status: 422, title: 'The file cannot be a model', shown: onlyId },
  EVIDENCE_STALE: { status: 409, title: 'The model needs to be verified again', shown: onlyId },
  FILE_CHANGED: { status: 409, title: 'The file of the model has changed', shown: onlyId },
  NOT_A_REGULAR_FILE: { status: 422, title: 'The file of the model is not a regular file', shown: onlyId },
  FILE_MISSING: { status: 409, title: 'The file of the model does not exist', shown: onlyId },
  CATALOG_MISSING: { status: 503, title: 'The catalog does not exist', shown: nothing },
  CATALOG_REPLACED: { status: 503, title: 'The catalog was moved', shown: nothing },
  CLOSED: { status: 503, title: 'The catalog is closed', shown: nothing },
  READ_ONLY: { status: 503, title: 'The catalog cannot be written', shown: nothing },
  SHARED_FILE_SYSTEM: { status: 503, title: 'The catalog is on a network file system', shown: nothing },
  DAMAGED: { status: 503, title: 'The catalog is damaged', shown: nothing },
  UNSUPPORTED_FORMAT: { status: 503, title: 'A newer version wrote the catalog', shown: nothing },
  EDITED_OUTSIDE: { status: 503, title: 'catalog.json was edited and cannot be read', shown: nothing },
  NO_SPACE: { status: 507, title: 'The disk is full', shown: ({ outcome }) => ({ outcome }) },
  IO: {
    status: 500,
    title: 'The operating system refused an operation',
    shown: ({ outcome }) => ({ outcome }),
  },
  UNAVAILABLE: {
    status: 503,
    title: 'The database does not answer',
    shown: ({ outcome }) => ({ outcome }),
  },
} as const satisfies { readonly [C in CatalogErrorCode]: CatalogProblem<C> }

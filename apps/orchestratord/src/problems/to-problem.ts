import { type CatalogError, isCatalogError } from 'model-catalog'
import { CATALOG_PROBLEMS, type CatalogProblem } from './catalog-problems.ts'
import { SERVICE_PROBLEMS, ServiceProblem, type ServiceProblemCode } from './service-problem.ts'

/** The body of an answer of `application/problem+json`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code: string
  readonly requestId: string
  readonly [member: string]: unknown
}

/** What an error is answered with. What is not known by its code says nothing of what went wrong. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (isCatalogError(error)) return toCatalogProblem(error, requestId)
  const { code, message, members } = error instanceof ServiceProblem ? error : fromFramework(error)
  return { ...describe(code, SERVICE_PROBLEMS[code], requestId), detail: message, ...members }
}

function toCatalogProblem(error: CatalogError, requestId: string): Problem {
  const row: CatalogProblem<never> = CATALOG_PROBLEMS[error.code]
  return {
    ...describe(error.code, row, requestId),
    // Other messages may tell paths and holders.
    ...(error.code === 'INVALID_INPUT' && { detail: error.message }),
    ...row.shown(error.details as never),
  }
}

function describe(
  code: string,
  { status, title }: { readonly status: number; readonly title: string },
  requestId: string,
): Problem {
  return { type: `urn:model-catalog:problem:${code}`, title, status, code, requestId }
}

/** Fastify's own errors, by their status. */
function fromFramework(error: unknown): ServiceProblem {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (status === 413) return new ServiceProblem('BODY_TOO_LARGE', 'Send a smaller body')
  if (status === 415)
    return new ServiceProblem('UNSUPPORTED_MEDIA_TYPE', 'Send content-type: application/json')
  if (status >= 500) return new ServiceProblem('INTERNAL', 'The log has more under the requestId')
  return new ServiceProblem('BAD_REQUEST', 'The URL, the headers or the JSON of the body are malformed')
}

/** Every code that an answer may have, with its status. */
export const PROBLEM_STATUS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries({ ...CATALOG_PROBLEMS, ...SERVICE_PROBLEMS }).map(([code, { status }]) => [code, status]),
)

export type ProblemCode = keyof typeof CATALOG_PROBLEMS | ServiceProblemCode

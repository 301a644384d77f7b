/** What the service itself refuses, before or beside the catalog. */
export const SERVICE_PROBLEMS = {
  BAD_REQUEST: { status: 400, title: 'The request cannot be read' },
  ROUTE_NOT_FOUND: { status: 404, title: 'The service has no such resource or method' },
  PRECONDITION_FAILED: { status: 412, title: 'The model is at another revision than If-Match says' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body must be JSON' },
  PRECONDITION_REQUIRED: { status: 428, title: 'The request needs an If-Match header' },
  INTERNAL: { status: 500, title: 'The service failed' },
  STOPPING: { status: 503, title: 'The service is stopping' },
  TOO_MANY_STREAMS: { status: 503, title: 'Too many event streams are open' },
} as const

export type ServiceProblemCode = keyof typeof SERVICE_PROBLEMS

/** An error of the service that the caller is told of. */
export class ServiceProblem extends Error {
  readonly code: ServiceProblemCode
  /** More fields of the answer. */
  readonly members: object

  constructor(code: ServiceProblemCode, detail: string, members: object = {}) {
    super(detail)
    this.name = 'ServiceProblem'
    this.code = code
    this.members = members
  }
}

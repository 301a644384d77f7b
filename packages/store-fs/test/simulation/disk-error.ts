/** The codes that the simulated disk can be told to fail with. */
export type ErrorCode = 'EIO' | 'ENOSPC' | 'EACCES' | 'EINTR'

/** An error as Node's file system throws it. */
export function createDiskError(code: string, call: string, path: string): NodeJS.ErrnoException {
  const { stackTraceLimit } = Error
  // A stack of the simulation tells nothing, and costs as much as the rest of a step.
  Error.stackTraceLimit = 0
  const error = Object.assign(new Error(`${code}: simulated, ${call} '${path}'`), {
    code,
    syscall: call,
    path,
  })
  Error.stackTraceLimit = stackTraceLimit
  return error
}

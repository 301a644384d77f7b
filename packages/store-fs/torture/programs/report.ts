import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import type { ProgramLine } from '../lines.ts'

/**
 * What was reported stays reported when the process is killed: `process.stdout` would keep a line to itself while the
 * runner is behind with reading. A thread has no standard output but that.
 */
export function report(line: ProgramLine): void {
  const text = `${JSON.stringify(line)}\n`
  if (isMainThread) writeSync(1, text)
  else process.stdout.write(text)
}

/** What the runner asked of this program. */
export function readJob<Job>(): Job {
  return JSON.parse(process.argv[2] ?? '') as Job
}

/** The runner ends a program by closing its standard input, which a runner that dies does as well. */
export function watchForEnd(): { readonly isOver: boolean } {
  const watch = { isOver: false }
  process.stdin.resume().once('end', () => {
    watch.isOver = true
  })
  return watch
}

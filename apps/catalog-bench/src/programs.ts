import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs one of `programs/` in a process of its own, and gives what it printed as JSON. */
export async function runProgram<T>(
  name: string,
  args: readonly string[],
  nodeArgs: readonly string[] = [],
): Promise<T> {
  const program = new URL(`programs/${name}.js`, import.meta.url).pathname
  try {
    const { stdout } = await run(process.execPath, [...nodeArgs, program, ...args], { maxBuffer: 1 << 24 })
    return JSON.parse(stdout) as T
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    const reason = stderr?.split('\n').find((line) => /error/iu.test(line) && !line.startsWith(' '))
    throw new Error(`${name} failed: ${reason ?? String(error)}`, { cause: error })
  }
}

/** Whether a tool is on the PATH. */
export function hasTool(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(`${directory}/${name}`))
}

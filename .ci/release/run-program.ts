// Starts programs, and says what they printed if they fail.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface RunOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
}

export interface Ending {
  readonly stdout: string
  readonly milliseconds: number
}

/** Runs a program to its end. Rejects with all that it printed if its exit code is not 0. */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  options: RunOptions,
): Promise<Ending> {
  const startedAt = performance.now()
  const child = spawn(program, args, {
    env: plainEnvironment(),
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  if (code !== 0)
    throw new Error(
      `${program} ${args.join(' ')} (in ${options.cwd}) ended with ${code}:\n${stdout}${stderr}`,
    )
  return { stdout, milliseconds: Math.round(performance.now() - startedAt) }
}

/** The environment without what pnpm tells its scripts: it would configure the npm of a consumer. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm|pnpm|node_options)/i.test(name)),
  )
}

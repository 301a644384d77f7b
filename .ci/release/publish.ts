// Publishes the packages of a prepared tree whose versions the registry does not have yet.
import { runProgram } from './run-program.ts'

/** As a publisher does: `pnpm publish` packs each package by its `files` and `publishConfig`, and npm sends it. */
export async function publishPackages(
  stage: string,
  registry: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const command = ['pnpm', '--recursive', 'publish', '--no-git-checks', '--registry', registry]
  return (await runProgram(command, { cwd: stage, env })).stdout
}

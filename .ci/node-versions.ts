// Versions of Node.js from the npm registry, beside the one that runs.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeProgram } from '../packages/testkit/src/running/index.ts'
import { runProgram } from './release/run-program.ts'

/** Those that users run. */
const MAJORS = ['20', '22', '24']

/** Those of them that do not run at the moment. */
export function listOtherMajors(): readonly string[] {
  return MAJORS.filter((major) => !process.versions.node.startsWith(`${major}.`))
}

export interface NodeVersion {
  readonly version: string
  readonly program: string
}

/** Installs the newest version of a major in a directory, by the configuration of npm that is there, if it is missing. */
export async function installNode(directory: string, major: string): Promise<NodeVersion> {
  const program = nodeProgram(directory)
  if (!existsSync(program)) {
    mkdirSync(directory, { recursive: true })
    const dependencies = { node: `npm:node-${process.platform}-${process.arch}@${major}` }
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies }))
    const command = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund']
    await runProgram(command, { cwd: directory })
  }
  const { stdout } = await runProgram([program, '--version'], { cwd: directory })
  return { version: stdout.trim().slice(1), program }
}

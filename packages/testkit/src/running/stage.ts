import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const VARIABLE = 'CATALOG_TEST_STAGE'

/**
 * Creates the directory of one test run in which programs are staged, and names it to this process and to those
 * that it starts. Every user may read it, wherever the checkout is. Returns what removes it.
 */
export function createStage(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'catalog-stage-'))
  chmodSync(directory, 0o755)
  process.env[VARIABLE] = directory
  return () => rmSync(directory, { recursive: true, force: true })
}

/** The directory that `createStage` made for this run. */
export function stageOf(environment: NodeJS.ProcessEnv = process.env): string {
  const directory = environment[VARIABLE]
  if (directory === undefined) throw new Error(`${VARIABLE} is not set: no stage was created for this run`)
  return directory
}

/** Whether a user without special rights may pass through every directory above the path. */
export function isReachableByOthers(path: string): boolean {
  const directory = dirname(path)
  if (directory === path) return true
  return (statSync(directory).mode & 0o001) !== 0 && isReachableByOthers(directory)
}

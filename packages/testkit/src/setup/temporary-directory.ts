import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** A directory that exists as long as a test runs. */
export interface TemporaryDirectory {
  /** Absolute; another one in each test. */
  readonly path: string
  /** A path below it. */
  at(...names: string[]): string
}

/** A new directory for each test of the current `describe`. */
export function useTemporaryDirectory(): TemporaryDirectory {
  let path = ''
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'catalog-'))
  })
  afterEach(() => rm(path, { recursive: true, force: true }))
  return {
    get path() {
      return path
    },
    at: (...names) => join(path, ...names),
  }
}

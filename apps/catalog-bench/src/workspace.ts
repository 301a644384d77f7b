import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where a run keeps its files: one temporary directory, gone at its end. */
export interface Workspace extends Disposable {
  readonly path: string
  /** What the directory lies on: on a `tmpfs` a sync costs nothing, and durable commits cannot be compared. */
  readonly fileSystem: string
  /** A path that no other caller gets. */
  newPath(purpose: string): string
}

/** `parent` is where the files to measure shall lie; by default the system's directory for temporary files. */
export function createWorkspace(parent: string = tmpdir()): Workspace {
  const path = mkdtempSync(join(parent, 'catalog-bench-'))
  const remove = (): void => rmSync(path, { recursive: true, force: true })
  const onSignal = (): void => {
    remove()
    process.exit(130)
  }
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  let count = 0
  return {
    path,
    fileSystem: findFileSystem(path),
    newPath(purpose) {
      count += 1
      return join(path, `${purpose}-${count}`)
    },
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
      remove()
    },
  }
}

function findFileSystem(path: string): string {
  try {
    return execFileSync('stat', ['--file-system', '--format=%T', path], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

import { spawnSync } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where Debian has the programs of each version. */
const DEBIAN = '/usr/lib/postgresql'
/** The user that Debian creates. The server refuses to run as root. */
const SERVER_USER = 'postgres'

/** The path of a program of PostgreSQL: of `$POSTGRES_BIN`, the PATH, or the newest version that Debian has installed. */
export function findPostgres(name: string): string {
  return tryFindPostgres(name) ?? name
}

/** Whether a server can be started here. */
export function canStartPostgres(): boolean {
  if (tryFindPostgres('initdb') === undefined || tryFindPostgres('postgres') === undefined) return false
  const [program, ...args] = asServerUser(['true'])
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

/** The command as the user that a server runs as: root becomes another one. */
export function asServerUser(command: readonly string[]): [program: string, ...args: string[]] {
  const full = process.getuid?.() === 0 ? ['runuser', '-u', SERVER_USER, '--', ...command] : command
  const [program = '', ...args] = full
  return [program, ...args]
}

function tryFindPostgres(name: string): string | undefined {
  const { POSTGRES_BIN = '', PATH = '' } = process.env
  const directories = [POSTGRES_BIN, ...PATH.split(delimiter), ...debianDirectories()]
  return directories.map((directory) => join(directory, name)).find(isProgram)
}

function debianDirectories(): readonly string[] {
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(DEBIAN, version, 'bin'))
  } catch {
    return []
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { givenDatabase } from './given-database.ts'
import { canStartPostgres } from './postgres-programs.ts'
import { isReachableByOthers } from './stage.ts'

/** Real model files beside the repository, not in it: they are other people's. */
const SHARED_DATA = new URL('../../../../../shared/data/', import.meta.url)
/** Where other versions of Node.js are installed, by their majors. */
const NODES = fileURLToPath(new URL('../../../../node_modules/.cache/catalog-node', import.meta.url))
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'headless_shell']

/** Something that tests need and not every machine has. */
export type Capability =
  | 'posix'
  | 'proc'
  | 'root'
  | 'plain-user'
  | 'other-user'
  | 'tmpfs'
  | 'loop'
  | 'ext4'
  | 'xfs'
  | 'btrfs'
  | 'overlay'
  | 'squashfs'
  | 'setfattr'
  | 'namespaces'
  | 'network-namespaces'
  | 'strace'
  | 'prlimit'
  | 'python3'
  | 'sha256sum'
  | 'openssl'
  | 'curl'
  | 'jq'
  | 'chromium'
  | 'database'
  | 'postgres'
  | 'pgbouncer'
  | 'node-22'
  | 'node-24'
  | 'shared-data'

/** Whether this machine has it. */
const PROBES: Readonly<Record<Capability, () => boolean>> = {
  /** Files and links that belong to users, with modes. */
  posix: () => process.platform !== 'win32',
  /** The kernel's own files, and the open files of a process. */
  proc: () => existsSync('/proc/self/fd'),
  /** The right to mount and to become another user. */
  root: isRoot,
  /** A user whom the modes of files stop. */
  'plain-user': () => process.platform !== 'win32' && !isRoot(),
  /** A second user, who can reach the temporary files of the tests. */
  'other-user': () => isRoot() && isReachableByOthers(join(tmpdir(), 'file')),
  /** Mounts of memory. */
  tmpfs: canMount,
  /** Mounts of image files, and what these can be formatted with. */
  loop: canMountImages,
  ext4: () => canMountImages() && hasProgram('mkfs.ext4'),
  xfs: () => canMountImages() && hasProgram('mkfs.xfs'),
  btrfs: () => canMountImages() && hasProgram('mkfs.btrfs') && hasProgram('btrfs') && hasFileSystem('btrfs'),
  squashfs: () => canMountImages() && hasProgram('mksquashfs') && hasFileSystem('squashfs'),
  /** One directory over others, as containers have it: here over ext4. */
  overlay: () => canMountImages() && hasFileSystem('overlay'),
  setfattr: () => hasProgram('setfattr'),
  /** Processes that see neither each other nor the host's names. */
  namespaces: () => isRoot() && succeeds('unshare', ['--pid', '--net', '--fork', 'true']),
  /** Networks of their own, with links between them: tried in one that ends with the program. */
  'network-namespaces': () =>
    succeeds('unshare', [
      '--net',
      'ip',
      'link',
      'add',
      'catalog',
      'type',
      'veth',
      'peer',
      'name',
      'catalog-peer',
    ]),
  strace: () => process.platform === 'linux' && succeeds('strace', ['-o', '/dev/null', 'true']),
  prlimit: () => process.platform === 'linux' && succeeds('prlimit', ['-V']),
  python3: () => hasProgram('python3'),
  sha256sum: () => hasProgram('sha256sum'),
  openssl: () => hasProgram('openssl'),
  curl: () => hasProgram('curl'),
  jq: () => hasProgram('jq'),
  chromium: () => findChromium() !== undefined,
  /** A database in PostgreSQL, where tests have schemas of their own: that of `DATABASE_URL`, or of a server that is started. */
  database: () => givenDatabase() !== undefined || isAvailable('postgres'),
  /** A PostgreSQL server that the test starts and stops: its programs, and a user to run them as. Not if `DATABASE_URL` is set. */
  postgres: () => givenDatabase() === undefined && canStartPostgres(),
  /** The pooler in front of such a server. */
  pgbouncer: () => hasProgram('pgbouncer') || isProgram('/usr/sbin/pgbouncer'),
  /** Other versions of Node.js, which `pnpm test:deep` installs. */
  'node-22': () => existsSync(nodeProgram(nodeDirectory('22'))),
  'node-24': () => existsSync(nodeProgram(nodeDirectory('24'))),
  'shared-data': () => existsSync(SHARED_DATA),
}

/** What a capability cannot be had without. */
const IMPLIED: Readonly<Partial<Record<Capability, Capability>>> = {
  'other-user': 'root',
  tmpfs: 'root',
  loop: 'root',
  ext4: 'loop',
  xfs: 'loop',
  btrfs: 'loop',
  overlay: 'ext4',
  squashfs: 'loop',
  namespaces: 'root',
  'network-namespaces': 'namespaces',
  pgbouncer: 'postgres',
}

export const CAPABILITIES: readonly Capability[] = Object.keys(PROBES) as Capability[]

const known = new Map<Capability, boolean>()

/**
 * Whether a test that needs all of these must be skipped: `it.skipIf(lacks('ext4', 'python3'))`. Throws if one of them,
 * or one that it cannot be had without, is missing although `CATALOG_REQUIRE` names it.
 */
export function lacks(...needed: readonly Capability[]): boolean {
  const missing = needed.flatMap(withImplied).filter((capability) => !isAvailable(capability))
  if (missing.includes('postgres')) warnOfGiven()
  const required = namesIn('CATALOG_REQUIRE').filter((capability) => missing.includes(capability))
  if (required.length === 0) return missing.length > 0
  throw new Error(`CATALOG_REQUIRE asks for ${required.join()}, which is missing here`)
}

let hasWarned = false

/** A run with fewer tests should not look like a whole one. */
function warnOfGiven(): void {
  if (hasWarned || givenDatabase() === undefined) return
  hasWarned = true
  console.warn('SKIPPED: tests that start or stop a PostgreSQL server, because DATABASE_URL is set')
}

/** Why tests that need it are skipped, of a capability that is missing. */
export function reasonOf(capability: Capability): string {
  return withImplied(capability).includes('postgres') && givenDatabase() !== undefined
    ? `DATABASE_URL is set, so that no server is started (${capability})`
    : `No ${capability} on this machine`
}

/** Whether this machine has it, and `CATALOG_LACK` does not say otherwise. */
export function isAvailable(capability: Capability): boolean {
  const lacked = namesIn('CATALOG_LACK')
  return withImplied(capability).every((each) => !lacked.includes(each) && probe(each))
}

function withImplied(capability: Capability): readonly Capability[] {
  const implied = IMPLIED[capability]
  return implied === undefined ? [capability] : [capability, ...withImplied(implied)]
}

function probe(capability: Capability): boolean {
  const found = known.get(capability) ?? PROBES[capability]()
  known.set(capability, found)
  return found
}

/** The path of a real model file of `shared-data`. */
export function realFile(name: string): string {
  return fileURLToPath(new URL(name, SHARED_DATA))
}

/** A browser to try a page in: `$CHROMIUM`, else one on the PATH. */
export function findChromium(): string | undefined {
  return [process.env['CHROMIUM'] ?? '', ...CHROMIUM.flatMap(pathsOf)].find(isProgram)
}

/** Where a version of Node.js is installed from the npm registry. */
export function nodeDirectory(major: string): string {
  return join(NODES, major)
}

/** Its program there. */
export function nodeProgram(directory: string): string {
  return join(directory, 'node_modules/node/bin/node')
}

function namesIn(variable: string): readonly Capability[] {
  const names = (process.env[variable] ?? '').split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !Object.hasOwn(PROBES, name))
  if (unknown !== undefined) throw new Error(`${variable} names ${unknown}; there are ${CAPABILITIES.join()}`)
  return names as Capability[]
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function canMount(): boolean {
  return isRoot() && process.platform === 'linux' && hasProgram('mount')
}

function canMountImages(): boolean {
  return canMount() && succeeds('losetup', ['--find'])
}

/** Whether the kernel has it at this moment: one that is a module is loaded by the first mount, or by `modprobe`. */
function hasFileSystem(name: string): boolean {
  const isKnown = (): boolean => readFileSync('/proc/filesystems', 'utf8').includes(`\t${name}\n`)
  return isKnown() || (succeeds('modprobe', [name]) && isKnown())
}

function hasProgram(name: string): boolean {
  return pathsOf(name).some(isProgram)
}

function pathsOf(name: string): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, name))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return path !== ''
  } catch {
    return false
  }
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

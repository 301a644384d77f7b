// How npm, pnpm and yarn install a consumer, and how it is started afterwards.
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ending, runProgram } from './run-program.ts'

export type ManagerName = 'npm' | 'pnpm' | 'yarn'

export interface Place {
  /** Where caches go. */
  readonly base: string
  readonly registry: string
  /** yarn's program. */
  readonly yarn: string
}

interface PackageManager {
  readonly configure: (directory: string, place: Place) => void
  readonly command: (place: Place) => readonly string[]
  /** Options of Node.js with which it finds the packages. */
  readonly nodeOptions: readonly string[]
  /** All that was installed, and how each version of a package begins there. */
  readonly list: (directory: string) => readonly string[]
  readonly spell: (name: string) => string
  readonly installedIn: string
  /** Whether a package that asks for a range gets the older version that the consumer itself has. */
  readonly takesPinned: boolean
}

export const MANAGERS: Readonly<Record<ManagerName, PackageManager>> = {
  npm: {
    configure: writeNpmrc,
    command: () => ['npm', 'install'],
    nodeOptions: [],
    list: listNpm,
    spell: (name) => `${name}@`,
    installedIn: 'node_modules',
    takesPinned: true,
  },
  pnpm: {
    configure: writeNpmrc,
    command: () => ['pnpm', 'install', '--ignore-workspace'],
    nodeOptions: [],
    list: (directory) => listDirectories(join(directory, 'node_modules/.pnpm')),
    spell: (name) => `${name.replace('/', '+')}@`,
    installedIn: 'node_modules/.pnpm',
    takesPinned: true,
  },
  yarn: {
    configure: writeYarnrc,
    command: ({ yarn }) => [process.execPath, yarn, 'install'],
    nodeOptions: ['--require', './.pnp.cjs', '--experimental-loader', './.pnp.loader.mjs', '--no-warnings'],
    list: (directory) => listDirectories(join(directory, '.yarn/cache')),
    spell: (name) => `${name.replace('/', '-')}-npm-`,
    installedIn: '.yarn/cache',
    takesPinned: false,
  },
}

export interface Installation {
  /** Names, some with versions or checksums after them. */
  readonly packages: readonly string[]
  readonly bytes: number
  readonly milliseconds: number
}

export async function installConsumer(
  name: ManagerName,
  directory: string,
  place: Place,
): Promise<Installation> {
  const manager = MANAGERS[name]
  manager.configure(directory, place)
  const { milliseconds } = await runProgram(manager.command(place), { cwd: directory })
  return {
    packages: manager.list(directory),
    bytes: sumBytes(join(directory, manager.installedIn)),
    milliseconds,
  }
}

/** Starts a file of a consumer by a Node.js, with the packages that were installed. */
export function startConsumer(
  name: ManagerName,
  node: string,
  directory: string,
  args: readonly string[],
): Promise<Ending> {
  return runProgram([node, ...MANAGERS[name].nodeOptions, ...args], { cwd: directory })
}

/** What npm and pnpm read: the registry, and caches that go when all is over. */
export function writeNpmrc(directory: string, { base, registry }: Pick<Place, 'base' | 'registry'>): void {
  const lines = [
    `registry=${registry}`,
    `//${new URL(registry).host}/:_authToken=loopback`,
    `cache=${join(base, 'npm-cache')}`,
    `cache-dir=${join(base, 'pnpm-cache')}`,
    `store-dir=${join(base, 'pnpm-store')}`,
    'audit=false',
    'fund=false',
    'update-notifier=false',
    'node-linker=isolated',
    'strict-peer-dependencies=true',
  ]
  writeFileSync(join(directory, '.npmrc'), `${lines.join('\n')}\n`)
}

function writeYarnrc(directory: string, { base, registry }: Place): void {
  const settings = {
    npmRegistryServer: registry,
    unsafeHttpWhitelist: ['127.0.0.1'],
    globalFolder: join(base, 'yarn'),
    enableGlobalCache: false,
    enableImmutableInstalls: false,
    enableTelemetry: false,
    // What was published a moment ago may be installed.
    npmMinimalAgeGate: 0,
    nodeLinker: 'pnp',
  }
  writeFileSync(join(directory, '.yarnrc.yml'), JSON.stringify(settings))
  writeFileSync(join(directory, 'yarn.lock'), '')
}

function listNpm(directory: string): readonly string[] {
  const lock = JSON.parse(readFileSync(join(directory, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>
  }
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`)
}

function listDirectories(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => !/^(node_modules|lock\.yaml|\.gitignore)$/.test(name))
}

function sumBytes(path: string): number {
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return stat.isFile() ? stat.size : 0
  return readdirSync(path).reduce((sum, name) => sum + sumBytes(join(path, name)), 0)
}

// A consumer as in an image of an operator: a read-only root with Node.js, its libraries and what was installed, without a
// shell, /tmp, /etc and users; one volume that may be written; another user than root.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CONSUMERS, type Consumer, writeConsumer } from './consumer.ts'
import { installConsumer } from './package-manager.ts'
import { type Ending, runProgram } from './run-program.ts'
import { printRow } from './table.ts'
import type { Trial } from './try-consumers.ts'

const MODEL_BYTES = 24 * 1024 * 1024
const USER = 10_001
const CLI = '/app/node_modules/@catalog/cli/dist/main.js'
const NAME = 'container'

/** Mounts the root and the volume, and starts Node.js there. The mounts end with the process. */
const ENTER = `set -e
root=$1 volume=$2 user=$3; shift 3
mount --bind "$root" "$root"
mount --bind "$volume" "$root/models"
mount -t proc proc "$root/proc"
for device in null urandom; do mount --bind "/dev/$device" "$root/dev/$device"; done
mount -o remount,bind,ro "$root"
exec chroot $user "$root" /bin/node "$@"`

/** That the root is as it should be. */
const PROBE = `
const { existsSync, readdirSync, writeFileSync } = require('node:fs')
const wrong = ['/tmp', '/etc', '/usr', '/bin/sh'].filter((path) => existsSync(path))
try { writeFileSync('/app/file', ''); wrong.push('a root that can be written') } catch (error) {
  if (!['EROFS', 'EACCES'].includes(error.code)) throw error
}
if (process.env.HOME !== undefined) wrong.push('a home')
console.log(wrong.length === 0 ? 'contained' : wrong.join())
`

/** Runs the facade and the CLI in such a root, by each Node.js. Says so if this machine cannot. */
export async function tryContainer(trial: Trial): Promise<void> {
  const namespaces = findNamespaces()
  if (namespaces === undefined) {
    console.log('SKIPPED: the container, as this user may not make namespaces here')
    return
  }
  const root = mkdtempSync(join(trial.base, 'container-'))
  for (const directory of ['app', 'bin', 'dev', 'models', 'proc']) mkdirSync(join(root, directory))
  for (const device of ['null', 'urandom']) writeFileSync(join(root, 'dev', device), '')
  const installed = await installInto(join(root, 'app'), trial)
  printRow({ consumer: NAME, step: 'npm install', ...installed, node: process.versions.node })
  execFileSync('chmod', ['--recursive', 'a+rX', root])
  for (const [node, program] of trial.nodes) {
    copyProgram(program, root)
    await runEach(node, { root, base: trial.base, namespaces })
  }
}

async function installInto(
  directory: string,
  trial: Trial,
): Promise<{ packages: number; bytes: number; milliseconds: number }> {
  const facade = CONSUMERS.find(({ name }) => name === 'facade') as Consumer
  const dependencies = { ...facade.dependencies, '@catalog/cli': 'latest' }
  await writeConsumer({ ...facade, dependencies }, directory, true)
  const { packages, ...installed } = await installConsumer('npm', directory, trial)
  return { ...installed, packages: packages.length }
}

/** Copies Node.js and the libraries that it is linked with. */
function copyProgram(program: string, root: string): void {
  cpSync(realpathSync(program), join(root, 'bin/node'), { force: true })
  const linked = execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(?<path>\/\S+) \(0x/gu)
  for (const { groups } of linked) {
    const path = groups?.['path'] ?? ''
    mkdirSync(join(root, dirname(path)), { recursive: true })
    cpSync(realpathSync(path), join(root, path))
  }
}

interface Root {
  readonly root: string
  readonly base: string
  /** What makes them. */
  readonly namespaces: readonly string[]
}

async function runEach(node: string, place: Root): Promise<void> {
  const { volume, digest } = createVolume(place.base)
  const start = (...args: readonly string[]): Promise<Ending> => enter(place, volume, args)
  const model = '/models/model.bin'
  const steps: readonly (readonly [string, readonly string[], string])[] = [
    ['a root without anything else', ['-e', PROBE], 'contained'],
    ['facade', ['/app/run.mjs', '/models', digest], 'verified'],
    ['CLI, verify', [CLI, '--root', '/models', 'verify', 'org/model'], ''],
    ['CLI, add', [CLI, '--root', '/models', 'add', '/models/second.bin', '--digest', digest], ''],
    ['CLI, resolve', [CLI, '--root', '/models', 'resolve', 'org/model'], model],
  ]
  for (const [step, args, expected] of steps) {
    const { stdout, milliseconds } = await start(...args)
    if (expected !== '' && stdout !== `${expected}\n`) throw new Error(`${step} in the container: ${stdout}`)
    printRow({ consumer: NAME, step, milliseconds, node })
  }
}

/** What may be written there, with two models. */
function createVolume(base: string): { readonly volume: string; readonly digest: string } {
  const volume = mkdtempSync(join(base, 'volume-'))
  const bytes = Buffer.alloc(MODEL_BYTES, 'a model')
  for (const name of ['', 'model.bin', 'second.bin']) {
    if (name !== '') writeFileSync(join(volume, name), bytes)
    if (isRoot()) chownSync(join(volume, name), USER, USER)
  }
  return { volume, digest: createHash('sha256').update(bytes).digest('hex') }
}

function enter({ root, base, namespaces }: Root, volume: string, args: readonly string[]): Promise<Ending> {
  const user = isRoot() ? `--userspec=${USER}:${USER}` : '--userspec=0:0'
  const command = [...namespaces, 'sh', '-c', ENTER, 'enter', root, volume, user, ...args]
  return runProgram(command, { cwd: base, env: { PATH: process.env['PATH'] } })
}

/** The command before one that is to see mounts and processes of its own; undefined if this user may not. */
function findNamespaces(): readonly string[] | undefined {
  const own = ['unshare', '--mount', '--pid', '--fork', '--kill-child']
  const command = isRoot() ? own : [...own, '--user', '--map-root-user']
  const [program = '', ...args] = command
  const isLinux = process.platform === 'linux'
  return isLinux && spawnSync(program, [...args, 'true']).status === 0 ? command : undefined
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

// `pnpm test:everywhere`: the test command in fresh clones of HEAD, where it tends to break.
//   (no option)  twice at the same time: as root below a directory of mode 0700, and as a plain user, both in paths with
//                a space and a letter beyond ASCII; without ../shared
//   --busy       three times in a row, pinned to one processor beside four busy loops, with its temporary files on a
//                disk that waits for every write
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lacks } from '../packages/testkit/src/running/index.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const PNPM = ['npx', '-y', 'pnpm@10.34.9']
const NOBODY = 65534
const BUSY_LOOPS = 4
const BUSY_RUNS = 3
const DISK_GIB = 8

interface Place {
  readonly name: string
  readonly directory: string
  readonly user?: number
  readonly temporary?: string
}

const base = mkdtempSync(join(tmpdir(), 'catalog-everywhere-'))
chmodSync(base, 0o755)
const undo: (() => void)[] = [() => rmSync(base, { recursive: true, force: true })]
try {
  const isGreen = process.argv.includes('--busy') ? await runBusy() : await runInPlaces()
  if (!isGreen) process.exitCode = 1
} finally {
  for (const step of undo.reverse()) step()
}

async function runInPlaces(): Promise<boolean> {
  const isRoot = !lacks('root')
  const first: Place = {
    name: 'below a directory of mode 0700',
    directory: join(base, 'closed', 'katalog für eins'),
  }
  const second: Place = {
    name: isRoot ? 'as a plain user' : 'a second clone',
    directory: join(base, 'open', 'katalog für zwei'),
    ...(isRoot && { user: NOBODY }),
  }
  for (const place of [first, second]) createClone(place)
  chmodSync(join(base, 'closed'), 0o700)
  return (await Promise.all([runTests(first), runTests(second)])).every((isGreen) => isGreen)
}

async function runBusy(): Promise<boolean> {
  const place: Place = { name: 'busy', directory: join(base, 'clone'), temporary: mountSlowDisk() }
  createClone(place)
  const loops = Array.from({ length: BUSY_LOOPS }, () => spawn(process.execPath, ['-e', 'for (;;);']))
  for (const loop of loops) undo.push(() => void loop.kill('SIGKILL'))
  for (let run = 1; run <= BUSY_RUNS; run += 1) {
    if (!(await runTests({ ...place, name: `busy, run ${run} of ${BUSY_RUNS}` }))) return false
  }
  return true
}

/** A file system that writes through, or the usual directory if this user may not mount one. */
function mountSlowDisk(): string {
  const path = join(base, 'slow')
  mkdirSync(path)
  if (lacks('ext4')) return path
  const image = join(base, 'slow.image')
  execFileSync('truncate', ['--size', `${DISK_GIB}G`, image])
  execFileSync('mkfs.ext4', ['-q', image])
  execFileSync('mount', ['-o', 'loop,sync,dirsync', image, path])
  undo.push(() => execFileSync('umount', [path]))
  return path
}

function createClone({ directory, user }: Place): void {
  execFileSync('git', ['clone', '--quiet', REPOSITORY, directory])
  if (user !== undefined) execFileSync('chown', ['--recursive', `${user}:${user}`, join(directory, '..')])
}

async function runTests({ name, directory, user, temporary }: Place): Promise<boolean> {
  const environment = {
    // Without what pnpm tells its scripts: another npm would complain of it.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))),
    ...(user !== undefined && { HOME: join(directory, '..') }),
    ...(temporary !== undefined && { TMPDIR: temporary }),
  }
  const options = { cwd: directory, env: environment }
  const as = user === undefined ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups']
  const pinned = temporary === undefined ? [] : ['taskset', '--cpu-list', '0']
  // Installing is not what is measured.
  await untilEnd(startCommand([...as, ...PNPM, 'install', '--silent'], options))
  const startedAt = performance.now()
  const program = startCommand([...as, ...pinned, ...PNPM, 'test'], options)
  const lines: string[] = []
  program.stdout?.setEncoding('utf8').on('data', (text: string) => lines.push(text))
  const code = await untilEnd(program)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  const output = lines.join('')
  if (code !== 0) console.log(output)
  console.log(
    `${name}: ${code === 0 ? 'green' : `exit code ${code}`} in ${seconds} s: ${output.trimEnd().split('\n').at(-1)}`,
  )
  return code === 0
}

function startCommand(
  [program = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): ChildProcess {
  return spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
}

function untilEnd(program: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => program.once('error', reject).once('close', resolve))
}

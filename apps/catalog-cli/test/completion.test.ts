import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { createWorld, type World } from './world.ts'

function lacksShell(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status !== 0
}

async function createModels(): Promise<World> {
  const world = createWorld()
  for (const id of ['llama-8b', 'llama-70b', 'org/qwen']) await world.run('register', id, '--source', 's')
  return world
}

/** The values that complete the last word. */
async function complete(world: World, ...words: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await world.run('complete', '--', ...words)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : (line.split('\t')[0] ?? [])))
}

it.each([
  [
    ['verify', 'llama'],
    ['llama-70b', 'llama-8b'],
  ],
  [['verify', 'llama-8b', 'o'], ['org/qwen']],
  [['show', '--show-source', 'org'], ['org/qwen']],
  [['show', 'org/qwen', ''], []],
  [['state', 'org/qwen', 'A'], ['Active']],
  [
    ['ls', '--state', ''],
    ['Pending', 'Active', 'Retired', 'Failed'],
  ],
  [
    ['lease', 're'],
    ['renew', 'release'],
  ],
  [['lease', 'take', 'org'], ['org/qwen']],
  [['verify-h'], ['verify-history']],
  [['digest', '--ch'], ['--check']],
  [['ls', '--roo'], ['--root']],
  [['add', ''], [':files']],
  [['ls', '--root', ''], [':files']],
  [['--root', 'nowhere', 'show', ''], []],
  [['completion', 'f'], ['fish']],
  [['nothing', ''], []],
])('%j is completed by %j', async (words, values) => {
  expect(await complete(await createModels(), ...words)).toEqual(values)
})

it('the first word is a command, and not the one for the scripts', async () => {
  const commands = await complete(createWorld(), '')
  expect(commands).toContain('import')
  expect(commands).not.toContain('complete')
})

it.skipIf(lacksShell('bash'))(
  'bash completes ids, evaluates no word, and leaves files to itself',
  async () => {
    const world = await createModels()
    world.write('script', (await world.run('completion', 'bash')).stdout)
    const { stdout, stderr } = await world.runShell(`bash -c '
    compopt() { echo "files: $*"; }
    . ./script; . ./script
    COMP_WORDS=(catalog show llama); COMP_CWORD=2; _catalog; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(catalog add "\\$(touch evaluated)"); COMP_CWORD=2; _catalog; ls evaluated
  '`)
    expect(stdout).toBe('llama-70b llama-8b\nfiles: -o default\n')
    expect(stderr).toContain('evaluated')
  },
)

it.each(['bash', 'zsh', 'fish'])('%s takes the script', async (shell) => {
  const world = createWorld()
  const { code, stdout } = await world.run('completion', shell)
  expect(code).toBe(0)
  expect(stdout).toContain('catalog complete -- ')
  const script = world.write('script', stdout)
  if (!lacksShell(shell)) expect(spawnSync(shell, ['-n', script]).status).toBe(0)
})

it('another shell is wrong usage', async () => {
  expect(await createWorld().run('completion', 'tcsh')).toMatchObject({ code: 2, stdout: '' })
})

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

/** A catalog with an Active model and a Pending one. */
async function createModels(): Promise<World> {
  const world = createWorld()
  world.write('disk/wren.gguf', sampleGguf('wren'))
  await world.run('add', 'disk/wren.gguf', '--source', 'https://user:hush@host/wren.gguf')
  await world.run('register', 'robin', '--source', 'hf:acme/robin')
  return world
}

it('sha256sums prints a list that sha256sum accepts', async () => {
  const world = await createModels()
  const { code, stdout } = await world.run('export', '--format', 'sha256sums', '--relative-to', 'disk')
  expect(stdout).toMatch(/^[0-9a-f]{64} {2}wren\.gguf\n$/u)
  expect(code).toBe(0)
  const checked = spawnSync('sha256sum', ['-c'], { input: stdout, cwd: join(world.directory, 'disk') })
  expect(checked.status).toBe(0)
})

it('models whose digest is not known are left out, and told', async () => {
  const world = await createModels()
  const { stdout, stderr } = await world.run('export', '--format', 'sha256sums', '--state', 'Pending')
  expect(stdout).toBe('')
  expect(stderr).toContain('robin is left out')
})

it('--output writes the file, with what it holds as the result', async () => {
  const world = await createModels()
  const { code, stdout } = await world.run(
    'export',
    '--format',
    'catalog',
    '--output',
    'backup.json',
    '--json',
  )
  expect(code).toBe(0)
  const output = join(world.directory, 'backup.json')
  expect(JSON.parse(stdout)).toEqual({ format: 'catalog', models: ['wren'], output })
  const text = readFileSync(output, 'utf8')
  expect(JSON.parse(text).models).toMatchObject([
    { id: 'wren', state: 'Active', source: 'https://host/wren.gguf' },
  ])
  expect((await world.run('export', '--format', 'catalog')).stdout).toBe(text)
})

it('the program as a process writes a file', async () => {
  const world = await createModels()
  for (const format of ['sha256sums', 'catalog']) {
    const { ended } = await world.spawn(['export', '--format', format, '--output', format])
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(world.directory, format), 'utf8')).toContain(
      format === 'sha256sums' ? 'wren.gguf' : '"wren"',
    )
  }
})

it('cyclonedx prints a document without credentials', async () => {
  const world = await createModels()
  const { stdout } = await world.run('export', '--format', 'cyclonedx', 'wren')
  expect(JSON.parse(stdout)).toMatchObject({
    specVersion: '1.6',
    components: [{ type: 'machine-learning-model', name: 'wren' }],
  })
  expect(stdout).not.toContain('hush')
})

it.each([
  ['llama.cpp', /\/out\/wren\.gguf\n$/u],
  ['ollama', /^wren:latest\n$/u],
  ['huggingface', /^local\/wren\n$/u],
])('--layout %s makes a directory and prints where the model is', async (layout, printed) => {
  const world = await createModels()
  const args = ['export', '--layout', layout, '--output', 'out', 'wren']
  const { code, stdout } = await world.run(...args)
  expect(code).toBe(0)
  expect(stdout).toMatch(printed)
  expect(readdirSync(join(world.directory, 'out')).length).toBeGreaterThan(0)
  expect(parseJson(await world.run(...args, '--json'))).toMatchObject({ layout, id: 'wren', sharedBy: null })
})

it.each<[problem: string, args: readonly string[], code: number]>([
  ['neither a format nor a layout', [], 2],
  ['both', ['--format', 'catalog', '--layout', 'ollama'], 2],
  ['an unknown format', ['--format', 'toString'], 2],
  ['an unknown layout', ['--layout', 'vllm'], 2],
  ['an unknown state', ['--format', 'catalog', '--state', 'Lost'], 2],
  ['a layout without a model', ['--layout', 'ollama', '--output', 'out'], 2],
  ['a layout with two models', ['--layout', 'ollama', '--output', 'out', 'wren', 'robin'], 2],
  ['a layout without a directory', ['--layout', 'ollama', 'wren'], 2],
  ['a layout with a state', ['--layout', 'ollama', '--output', 'out', '--state', 'Active', 'wren'], 2],
  ['--relative-to for another format', ['--format', 'catalog', '--relative-to', '.'], 2],
  ['an id that does not exist', ['--format', 'catalog', 'wern'], 4],
  ['a model in another state', ['--format', 'sha256sums', 'robin'], 7],
  ['a layout of a model that is not Active', ['--layout', 'ollama', '--output', 'out', 'robin'], 7],
  ['a file in the root', ['--format', 'catalog', '--output', 'models/wren.gguf'], 2],
  ['a directory in the root', ['--layout', 'ollama', '--output', 'models/out', 'wren'], 2],
  ['a directory as a file', ['--format', 'catalog', '--output', 'disk'], 13],
  ['a file in no directory', ['--format', 'catalog', '--output', 'none/c.json'], 14],
  ['a directory that is not empty', ['--layout', 'ollama', '--output', 'disk', 'wren'], 2],
])('%s is refused, and nothing is written', async (_problem, args, code) => {
  const world = await createModels()
  const before = readdirSync(world.directory, { recursive: true, encoding: 'utf8' })
  const run = await world.run('export', ...args)
  expect(run).toMatchObject({ code, stdout: '' })
  const after = readdirSync(world.directory, { recursive: true, encoding: 'utf8' })
  const isViewOf = (name: string): boolean => name.startsWith('models')
  expect(after.filter((name) => !isViewOf(name))).toEqual(before.filter((name) => !isViewOf(name)))
  expect(existsSync(join(world.root, 'out'))).toBe(false)
})

it('a link into a foreign store is followed before it is refused', async () => {
  const world = await createModels()
  mkdirSync(join(world.directory, 'ollama/blobs'), { recursive: true })
  mkdirSync(join(world.directory, 'ollama/manifests'))
  symlinkSync('ollama/blobs', join(world.directory, 'link'))
  const { code, stderr } = await world.run('export', '--format', 'catalog', '--output', 'link/c.json')
  expect(code).toBe(2)
  expect(stderr).toContain('store of another tool')
})

it('an interrupted export leaves no file', async () => {
  const world = await createModels()
  const running = world.start('export', '--format', 'catalog', '--output', 'backup.json')
  running.interrupt()
  expect((await running.ended).code).toBe(130)
  expect(readdirSync(world.directory).filter((name) => name.includes('backup'))).toEqual([])
})

it('the library of CycloneDX is loaded for its format alone', async () => {
  const world = await createModels()
  const preload = world.write(
    'preload.cjs',
    `process.on('exit', () => {
      const isLoaded = Object.keys(require.cache).some((name) => name.includes('cyclonedx'))
      process.stderr.write(isLoaded ? 'LOADED' : 'NOT LOADED')
    })`,
  )
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const run = (...args: readonly string[]): string => {
    const options = [
      '--require',
      preload,
      '--conditions=@catalog/source',
      '--import',
      import.meta.resolve('tsx'),
    ]
    const environment = { ...process.env, CATALOG_ROOT: world.root }
    return spawnSync(process.execPath, [...options, main, ...args], { env: environment, encoding: 'utf8' })
      .stderr
  }
  expect(run('ls')).toBe('NOT LOADED')
  expect(run('export', '--format', 'sha256sums')).toBe('NOT LOADED')
  expect(run('export', '--format', 'cyclonedx')).toBe('LOADED')
})

import { appendFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { addOllamaModel, buildSampleStore, buildStore } from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, type World } from './world.ts'

const wren = sampleGguf('wren')

function withModels(world: World): ReturnType<typeof buildStore> {
  const store = buildStore(join(world.directory, 'disk'))
  store.put('a/wren.gguf', wren)
  store.put('b/robin.gguf', sampleGguf('robin'))
  return store
}

it('import shows what it found, registers it where it is, and verifies it', async () => {
  const world = createWorld()
  const store = withModels(world)
  const { code, stdout } = await world.run('import', 'disk', '--yes')
  expect(stdout).toMatch(/^TOOL +MODELS +SIZE +DIGESTS +WHERE\nplain +2 +2\.00 KiB +0 of 2 +\S+\/disk\n/u)
  expect(stdout).toContain('2 models: 2 added')
  expect(code).toBe(0)
  const { stdout: path } = await world.run('resolve', 'plain/a/wren')
  expect(path).toBe(`${store.at('a/wren.gguf')}\n`)
})

it('a second import changes nothing', async () => {
  const world = createWorld()
  withModels(world)
  await world.run('import', 'disk', '--yes')
  const before = await world.run('history', '--json')
  const { stdout } = await world.run('import', 'disk', '--yes')
  expect(stdout).toContain('2 models: 2 known')
  expect((await world.run('history', '--json')).stdout).toBe(before.stdout)
})

it('--dry-run lists the models and makes no catalog', async () => {
  const world = createWorld()
  withModels(world)
  const { code, stdout } = await world.run('import', 'disk', '--dry-run')
  expect(stdout).toMatch(/plain\/a\/wren +1\.00 KiB +none +\S+wren\.gguf/u)
  expect(code).toBe(0)
  expect((await world.run('ls')).stderr).toContain('[CATALOG_MISSING]')
})

it('--dry-run tells what is gone, as the import after it does, and changes nothing', async () => {
  const world = createWorld()
  const store = withModels(world)
  await world.run('import', 'disk', '--yes')
  rmSync(store.at('b/robin.gguf'))
  const before = await world.run('history', '--json')
  const shown = await world.run('import', 'disk', '--dry-run')
  expect(shown.stdout).toMatch(/plain\/b\/robin: no longer in its store\n1 model gone; .*\n$/u)
  expect((await world.run('history', '--json')).stdout).toBe(before.stdout)
  const { stdout } = await world.run('import', 'disk', '--dry-run', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ candidates: [{ id: 'plain/a/wren' }], gone: ['plain/b/robin'] })
})

it('--json has the stores, the results and what is gone', async () => {
  const world = createWorld()
  const store = withModels(world)
  await world.run('import', 'disk', '--yes')
  rmSync(store.at('b/robin.gguf'))
  const { stdout } = await world.run('import', 'disk', '--yes', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    stores: [{ layout: 'plain', models: 1, bytes: 1024, declared: 0 }],
    problems: [],
    results: [{ id: 'plain/a/wren', outcome: 'known', state: 'Active' }],
    gone: ['plain/b/robin'],
  })
})

it('a model that changed is wrong, which the exit code says, and the others are imported', async () => {
  const world = createWorld()
  const store = withModels(world)
  await world.run('import', 'disk', '--yes')
  appendFileSync(store.at('a/wren.gguf'), 'x')
  store.put('c/owl.gguf', sampleGguf('owl'))
  const changed = await world.run('import', 'disk', '--yes')
  expect(changed.stderr).toContain('[DIGEST_MISMATCH]')
  expect(changed.stdout).toContain('3 models: 1 wrong, 1 known, 1 added')
  expect(changed.code).toBe(10)
  expect((await world.run('import', 'disk', '--yes')).stderr).toContain('plain/a/wren was found wrong before')
})

it('tells what it cannot import, with the reason, and imports the rest', async () => {
  const world = createWorld()
  const store = withModels(world)
  writeFileSync(store.at('a/other.gguf.part'), 'x')
  const { code, stderr } = await world.run('import', 'disk', '--yes')
  expect(stderr).toMatch(
    /plain: a\/other\.gguf: \S+other\.gguf\.part is an unfinished download \[incomplete\]/u,
  )
  expect(stderr).toContain('1 problem; the rest can be imported')
  expect(code).toBe(0)
})

it('tells what is wrong with a model that it imports', async () => {
  const world = createWorld()
  buildSampleStore(join(world.directory, 'disk'), 'local directory', 'changed')
  const { code, stdout, stderr } = await world.run('import', 'disk', '--yes')
  expect(stderr).toMatch(/^huggingface-local: wren: \S+model\.safetensors\S* .*\[changed-since\]$/mu)
  expect(stdout).toContain('1 model: 1 added')
  expect(code).toBe(0)
  const again = await world.run('import', 'disk', '--yes', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({ problems: [{ kind: 'changed-since', model: 'wren' }] })
})

it('a file whose name no entry can have is named, and the rest is imported', async () => {
  const world = createWorld()
  const store = withModels(world)
  store.put('a/new\nline.gguf', wren)
  const { code, stderr } = await world.run('import', 'disk', '--yes')
  expect(stderr).toMatch(
    /^plain: \S+ \S+line\.gguf has control characters in its name, .*\[unusable-name\]$/mu,
  )
  expect(code).toBe(0)
  expect((await world.run('ls')).stdout).toContain('2 models: 2 Active')
})

it('a model that an earlier import found wrong has the code and the exit code that it had then', async () => {
  const world = createWorld()
  buildStore(join(world.directory, 'disk')).put('a.gguf', '<html>sign in</html>'.repeat(100))
  for (const _ of ['first', 'again']) {
    const { code, stderr } = await world.run('import', 'disk', '--yes')
    expect(stderr).toContain('[NOT_A_MODEL]')
    expect(code).toBe(18)
  }
})

it('a directory without models has nothing to import', async () => {
  const world = createWorld()
  buildStore(join(world.directory, 'disk')).put('notes.txt', '')
  for (const option of ['--yes', '--dry-run']) {
    expect(await world.run('import', 'disk', option)).toMatchObject({
      code: 0,
      stdout: 'nothing to import\n',
    })
  }
})

it('where nothing is found any more, it tells what is gone', async () => {
  const world = createWorld()
  const store = withModels(world)
  await world.run('import', 'disk', '--yes')
  rmSync(store.at('a'), { recursive: true })
  rmSync(store.at('b'), { recursive: true })
  symlinkSync(store.root, join(world.directory, 'link'))
  for (const directory of ['disk', 'link']) {
    const { code, stdout } = await world.run('import', directory)
    expect(stdout).toBe(
      'plain/a/wren: no longer in its store\nplain/b/robin: no longer in its store\n2 models gone; catalog rm forgets one\nnothing to import\n',
    )
    expect(code).toBe(0)
  }
  const { stdout } = await world.run('import', 'disk', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ candidates: [], gone: ['plain/a/wren', 'plain/b/robin'] })
  expect((await world.run('import', 'disk', '--only', 'ollama')).stdout).toBe('nothing to import\n')
  expect((await world.run('import', 'disk', '--only', 'plain')).stdout).toContain('2 models gone')
})

it('without a terminal and without --yes it asks for --yes, and registers nothing', async () => {
  const world = createWorld()
  withModels(world)
  const { code, stderr } = await world.run('import', 'disk')
  expect(stderr).toContain('pass --yes [USAGE]')
  expect(code).toBe(2)
  expect((await world.run('ls')).stderr).toContain('[CATALOG_MISSING]')
})

it('--no-verify registers only', async () => {
  const world = createWorld()
  withModels(world)
  await world.run('import', 'disk', '--yes', '--no-verify')
  expect((await world.run('ls', '--state', 'Pending')).stdout).toContain('2 models: 2 Pending')
})

it.each([
  [['import', 'nowhere'], /nowhere.*\[FILE_MISSING\]/u],
  [['import', import.meta.filename], /is not a directory: catalog add registers a file \[USAGE\]/u],
  [['import', '--only', 'olama'], /--only knows no tool olama; it knows ollama, huggingface/u],
  [['import', '--only', 'hf,'], /names separated by commas/u],
  // What else this machine has is not known here.
  [['import'], /no store of another tool was found on this machine; name a directory|pass --yes/u],
])('wrong use %j says what is expected', async (args, expected) => {
  const world = createWorld()
  const { code, stderr } = await world.run(...args)
  expect(stderr).toMatch(expected)
  expect(code).not.toBe(0)
})

it('--watch imports what a tool adds, until it is interrupted', async () => {
  const world = createWorld()
  const store = withModels(world)
  const running = world.start('import', 'disk', '--yes', '--watch')
  await new Promise<void>((resolve) => {
    running.stdout.on('data', (text) => {
      if (String(text).includes('2 models: 2 added')) store.put('c/owl.gguf', sampleGguf('owl'))
      if (String(text).includes('plain/c/owl: added, Active')) resolve()
    })
  })
  running.interrupt()
  expect((await running.ended).code).toBe(0)
})

it('--watch tells once what is gone', async () => {
  const world = createWorld()
  const store = withModels(world)
  const running = world.start('import', 'disk', '--yes', '--watch')
  await new Promise<void>((resolve) => {
    running.stdout.on('data', (text) => {
      if (String(text).includes('2 models: 2 added')) rmSync(store.at('a/wren.gguf'))
      if (String(text).includes('plain/a/wren: no longer')) store.put('c/owl.gguf', sampleGguf('owl'))
      if (String(text).includes('plain/c/owl: added, Active')) resolve()
    })
  })
  running.interrupt()
  const { stdout } = await running.ended
  expect(stdout.match(/plain\/a\/wren: no longer in its store/gu)).toHaveLength(1)
})

it('--watch --json prints the report and then each change, a line each', async () => {
  const world = createWorld()
  const store = withModels(world)
  const running = world.start('import', 'disk', '--yes', '--watch', '--json')
  const lines: unknown[] = []
  await new Promise<void>((resolve) => {
    createInterface({ input: running.stdout }).on('line', (line) => {
      if (lines.push(JSON.parse(line)) === 1) store.put('c/owl.gguf', sampleGguf('owl'))
      else resolve()
    })
  })
  running.interrupt()
  expect((await running.ended).code).toBe(0)
  expect(lines).toMatchObject([
    { stores: [{ models: 2 }], results: [{ outcome: 'added' }, { outcome: 'added' }] },
    { id: 'plain/c/owl', outcome: 'added', state: 'Active' },
  ])
})

it('tells the models of a store that was emptied, if another one below the directory has some', async () => {
  const world = createWorld()
  const store = buildStore(join(world.directory, 'disk', 'ollama'))
  addOllamaModel(store, {
    names: ['registry.ollama.ai/library/wren/1m'],
    layers: [{ type: 'model', bytes: wren }],
  })
  world.write('disk/robin.gguf', sampleGguf('robin'))
  await world.run('import', 'disk', '--yes')
  rmSync(store.root, { recursive: true })
  const { stdout } = await world.run('import', 'disk', '--yes')
  expect(stdout).toContain('ollama/wren/1m: no longer in its store')
  const { stdout: others } = await world.run('import', 'disk', '--yes', '--only', 'plain')
  expect(others).not.toContain('no longer')
})

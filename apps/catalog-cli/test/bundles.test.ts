import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

const WREN = sampleGguf('wren')

/** A catalog with an Active model and a Pending one, and a bundle of it. */
async function createBundle(): Promise<World> {
  const world = createWorld()
  world.write('disk/wren.gguf', WREN)
  await world.run('add', 'disk/wren.gguf', '--source', 'https://user:hush@host/wren.gguf')
  await world.run('register', 'robin', '--source', 'hf:acme/robin')
  expect(await world.run('export', '--bundle', 'usb')).toMatchObject({ code: 0 })
  return world
}

it('export --bundle says what it has copied, and which models it leaves out', async () => {
  const world = createWorld()
  world.write('disk/wren.gguf', WREN)
  await world.run('add', 'disk/wren.gguf')
  await world.run('register', 'robin', '--source', 'hf:acme/robin')
  const shown = await world.run('export', '--bundle', 'usb', '--dry-run')
  expect(shown.stdout).toMatch(/^ *SIZE +TO COPY +WHAT +ID\n.* added +wren\n1 model, .* to copy\n$/u)
  expect(existsSync(join(world.directory, 'usb'))).toBe(false)
  const { stdout, stderr, code } = await world.run('export', '--bundle', 'usb')
  expect(stdout).toMatch(/usb: 1 model: 1 added, .* copied\n$/u)
  expect(stderr).toContain('only Active models are exported; left out: 1 Pending\n')
  expect(code).toBe(0)
})

it('export --bundle --json has what became of each model', async () => {
  const world = await createBundle()
  writeFileSync(join(world.directory, 'disk/wren.gguf'), Buffer.alloc(WREN.length, 1))
  writeFileSync(join(world.directory, 'usb/files/wren/wren.gguf'), 'wrong')
  const result = await world.run('export', '--bundle', 'usb', '--json', 'wren')
  expect(result).toMatchObject({ code: 10, stderr: '' })
  expect(parseJson(result)).toMatchObject({
    directory: join(world.directory, 'usb'),
    models: [{ id: 'wren', outcome: 'failed', error: { code: 'DIGEST_MISMATCH' } }],
    copiedBytes: 0,
  })
})

it.each([
  [['--bundle', 'x', '--format', 'catalog'], 'no other options'],
  [['--bundle', 'x', '--state', 'Pending'], 'no other options'],
  [['--format', 'catalog', '--dry-run'], '--dry-run for --bundle only'],
  [[], 'needs --format, --layout or --bundle'],
])('export %j is a mistake', async (options, text) => {
  const world = await createBundle()
  const { code, stderr } = await world.run('export', ...options)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) })
})

it('export --bundle copies nothing of a file that has another size by now', async () => {
  const world = createWorld()
  const path = world.write('big.gguf', WREN)
  await world.run('add', 'big.gguf')
  truncateSync(path, 2 * 1024 ** 3)
  expect(await world.run('export', '--bundle', 'usb')).toMatchObject({ code: 11 })
  expect(existsSync(join(world.directory, 'usb/files/big/big.gguf'))).toBe(false)
})

it('import --bundle shows what it will do, asks, and copies', async () => {
  const world = await createBundle()
  const at = ['--root', 'away'] as const
  const refused = await world.answer('n', 'import', '--bundle', 'usb', ...at)
  expect(refused.stderr).toMatch(/Copy 1 model, .*, to .*away \(.* free\)\? \[y\/N\] /u)
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was imported') })
  const copied = await world.answer('y', 'import', '--bundle', 'usb', ...at)
  expect(copied).toMatchObject({ code: 0, stdout: expect.stringContaining('1 model: 1 added\n') })
  const shown = await world.run('show', 'wren', ...at)
  expect(shown.stdout).toMatch(/^tags +bundle$/mu)
  expect(shown.stdout).not.toContain('hush')
})

it('import --bundle without a terminal needs --yes, unless there is nothing to do', async () => {
  const world = await createBundle()
  const at = ['import', '--bundle', 'usb', '--root', 'away'] as const
  expect(await world.run(...at)).toMatchObject({ code: 2, stderr: expect.stringContaining('pass --yes') })
  expect(await world.run(...at, '--yes')).toMatchObject({ code: 0 })
  expect(await world.run(...at)).toMatchObject({ code: 0, stdout: expect.stringContaining('1 known') })
})

it('import --bundle --json has what became of each model, and ends with the code of the first that is wrong', async () => {
  const world = await createBundle()
  writeFileSync(join(world.directory, 'usb/files/wren/wren.gguf'), Buffer.alloc(WREN.length, 1))
  const result = await world.run('import', '--bundle', 'usb', '--root', 'away', '--yes', '--json')
  expect(result.code).toBe(10)
  expect(parseJson(result)).toMatchObject({
    isUnfinished: false,
    problems: [],
    results: [{ id: 'wren', outcome: 'wrong', state: null, error: { code: 'DIGEST_MISMATCH' } }],
  })
})

it('import --bundle --dry-run says on a machine without a catalog what would come, and creates none', async () => {
  const world = await createBundle()
  world.write('usb/files/stray\u001b.gguf', WREN)
  const at = ['import', '--bundle', 'usb', '--root', 'away', '--dry-run'] as const
  const shown = await world.run(...at)
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/ added +wren\n$/u) })
  expect(shown.stderr).toMatch(
    /note: files\/stray\S*\.gguf is not imported: bundle\.json does not name it\n/u,
  )
  expect(shown.stderr).not.toContain('\u001b')
  expect(parseJson(await world.run(...at, '--json'))).toMatchObject({
    results: [{ id: 'wren', outcome: 'added' }],
    unnamed: ['files/stray\u001b.gguf'],
  })
  expect(existsSync(join(world.directory, 'away'))).toBe(false)
})

it('import of a bundle without --bundle says what that loses', async () => {
  const world = await createBundle()
  const { stderr } = await world.run('import', 'usb', '--root', 'away', '--dry-run')
  expect(stderr).toContain('looks like a bundle: catalog import --bundle')
  rmSync(join(world.directory, 'usb/bundle.json'))
  const plain = await world.run('import', 'usb', '--root', 'away', '--dry-run')
  expect(plain.stderr).not.toContain('bundle')
})

it('a bundle that was changed on its way is to be copied again, and not repaired', async () => {
  const world = await createBundle()
  world.write('usb/bundle.json', '{}')
  const { code, stderr } = await world.run('import', '--bundle', 'usb', '--root', 'away', '--yes')
  expect({ code, stderr }).toEqual({ code: 30, stderr: expect.stringContaining('copy the bundle again') })
})

it('import --bundle says that it waits for the copy of an import that was killed', async () => {
  const world = await createBundle()
  const at = ['--root', 'away'] as const
  const digest = createHash('sha256').update(WREN).digest('hex')
  await world.run('register', 'wren', '--source', 'x', '--digest', digest, ...at)
  await world.run('download', 'begin', 'wren', '--holder', 'killed', '--for', '50s', ...at)
  const running = world.start('import', '--bundle', 'usb', '--yes', ...at)
  running.stderr.on('data', (chunk: unknown) => {
    if (String(chunk).includes('waiting')) running.interrupt()
  })
  const { code, stderr } = await running.ended
  expect(stderr).toMatch(/another import was copying wren, and may have been killed: waiting \d+ s/u)
  expect(code).toBe(130)
})

it('import --bundle of an interrupted export says so', async () => {
  const world = await createBundle()
  world.write('usb/UNFINISHED', '')
  const { code, stderr } = await world.run('import', '--bundle', 'usb', '--root', 'away', '--yes')
  expect({ code, stderr }).toEqual({ code: 30, stderr: expect.stringContaining('was interrupted') })
})

it('import --bundle takes only the named models, and keeps origins if that is asked for', async () => {
  const world = await createBundle()
  const at = ['import', '--bundle', 'usb', '--root', 'away', '--yes'] as const
  expect(await world.run(...at, 'robin')).toMatchObject({ code: 4 })
  expect(await world.run(...at, '--keep-origins', '--to', 'disk2', 'wren')).toMatchObject({ code: 0 })
  expect(existsSync(join(world.directory, 'disk2/wren.gguf'))).toBe(true)
})

it.each([
  [['--bundle', 'usb', '--to', 'x', '--in-place'], 'not both'],
  [['--bundle', 'usb', '--watch'], 'takes no --only, --watch and --no-verify'],
  [['--to', 'x'], 'with --bundle only'],
])('import %j is a mistake', async (options, text) => {
  const world = await createBundle()
  const { code, stderr } = await world.run('import', '--root', 'away', ...options)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(text) })
})

it('Ctrl-C ends an export in order, and the next one goes on', async () => {
  const world = createWorld()
  world.write('disk/large.bin', Buffer.alloc(64 * 1024 * 1024, 0xb7))
  await world.run('add', 'disk/large.bin')
  const { child, ended } = await world.spawn(['export', '--bundle', 'usb'])
  // The first line on stderr: the copy has begun.
  await once(child.stderr, 'data')
  child.kill('SIGINT')
  expect((await ended).code).toBe(130)
  expect(existsSync(join(world.directory, 'usb/files/large/large.bin'))).toBe(false)
  expect(existsSync(join(world.directory, 'usb/UNFINISHED'))).toBe(true)
  expect(await world.run('export', '--bundle', 'usb')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 added'),
  })
})

it('a terminal is asked before much is copied, and nothing is without a yes', async () => {
  const world = createWorld()
  const at = '2025-10-01T00:00:00.000Z'
  const huge = { id: 'huge', name: 'huge', source: 's', digest: 'a'.repeat(64), size: 2 * 1024 ** 3 }
  const times = { registered_at: at, verified_at: at }
  world.write('models/catalog.json', JSON.stringify({ models: [{ ...huge, state: 'Active', ...times }] }))
  const { stderr, code } = await world.answer('n', 'export', '--bundle', 'usb')
  expect(stderr).toMatch(/Copy 2\.00 GiB of 1 model to .*usb\? \[y\/N\] /u)
  expect({ code, isMade: existsSync(join(world.directory, 'usb')) }).toEqual({ code: 2, isMade: false })
  const answered = await world.answer('n', 'export', '--bundle', 'usb', '--yes')
  expect(answered).toMatchObject({ code: 14, stderr: expect.not.stringContaining('[y/N]') })
})

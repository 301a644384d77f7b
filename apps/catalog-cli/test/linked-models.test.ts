import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf, sampleShards } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

/** A snapshot as hub caches keep it: every file is a link to ../../blobs/<digest>. */
function writeSnapshot(world: World, hub: string): readonly string[] {
  const files = [
    ...sampleShards('llama', { format: 'safetensors', count: 2 }),
    ['config.json', '{}'] as const,
  ]
  const snapshot = join(world.directory, hub, 'snapshots/abc')
  mkdirSync(snapshot, { recursive: true })
  for (const [name, bytes] of files) {
    const blob = createHash('sha256').update(bytes).digest('hex')
    world.write(`${hub}/blobs/${blob}`, bytes)
    symlinkSync(`../../blobs/${blob}`, join(snapshot, name))
  }
  return files.map(([name]) => join(snapshot, name)).sort()
}

function writeMixed(world: World): void {
  world.write('m/config.json', '{}')
  world.write('elsewhere/weights', sampleGguf('m'))
  symlinkSync(join(world.directory, 'elsewhere/weights'), join(world.directory, 'm/model.gguf'))
}

it('a directory with a link is refused, with the link and where it leads, and nothing is registered', async () => {
  const world = createWorld()
  writeMixed(world)
  const refused = await world.run('add', 'm')
  expect(refused).toMatchObject({ code: 13, stdout: '' })
  expect(refused.stderr).toContain(join(world.directory, 'm/model.gguf'))
  expect(refused.stderr).toContain(`it leads to ${join(world.directory, 'elsewhere/weights')}`)
  expect(await world.run('ls')).toMatchObject({ code: 22 })
})

it('a directory with a link is added whole if links may be followed', async () => {
  const world = createWorld()
  writeMixed(world)
  expect(await world.run('add', 'm', '--symlinks', 'inside')).toMatchObject({ code: 13 })
  expect(await world.run('add', 'm', '--symlinks', 'anywhere')).toMatchObject({ code: 0 })
  const files = ['config.json', 'model.gguf'].map((name) => `${join(world.directory, 'm', name)}\n`).join('')
  expect(await world.run('resolve', 'm', '--files', '--symlinks', 'anywhere')).toMatchObject({
    stdout: files,
  })
  expect((await world.run('resolve', 'm')).code).not.toBe(0)
})

it.each([
  ['inside', 'models/hub'],
  ['anywhere', 'hub'],
])('a snapshot of links is added with all its files, if links may lead %s', async (policy, hub) => {
  const world = createWorld()
  const paths = writeSnapshot(world, hub)
  const snapshot = `${hub}/snapshots/abc`
  expect(await world.run('add', snapshot, '--id', 'm')).toMatchObject({ code: 13 })
  expect(await world.run('add', snapshot, '--id', 'm', '--symlinks', policy)).toMatchObject({ code: 0 })
  const resolved = parseJson(await world.run('resolve', 'm', '--json', '--symlinks', policy))
  expect(resolved).toMatchObject({ paths })
})

it('a snapshot of links is added if they may lead into its blobs alone, and served by every later command', async () => {
  const world = createWorld()
  const paths = writeSnapshot(world, 'hub')
  const add = ['add', 'hub/snapshots/abc', '--id', 'm', '--links-into']
  const refused = await world.run(...add, 'hub/refs')
  expect(refused).toMatchObject({ code: 13, stdout: '' })
  expect(refused.stderr).toContain(`which is not in ${join(world.directory, 'hub/refs')}`)
  world.write('hub/snapshots/abc/notes.json', '{}')
  const linked = join(world.directory, 'hub/snapshots/abc/same.json')
  symlinkSync('notes.json', linked)
  expect(await world.run(...add, 'hub/blobs')).toMatchObject({ code: 0 })
  const all = [...paths, linked.replace('same', 'notes'), linked].sort()
  expect(parseJson(await world.run('resolve', 'm', '--json'))).toMatchObject({ paths: all })
  const linksInto = join(world.directory, 'hub/blobs')
  expect(parseJson(await world.run('show', 'm', '--json'))).toMatchObject({ linksInto })
  expect((await world.run('show', 'm')).stdout).toMatch(new RegExp(`links into +${linksInto}`, 'u'))
  expect(await world.run('verify', '--all')).toMatchObject({ code: 0 })
})

it('register and update take where links may lead, with the location only', async () => {
  const world = createWorld()
  const place = ['--location', 'hub/snapshots/abc', '--links-into', 'hub/blobs']
  expect(await world.run('register', 'm', '--source', 's', ...place)).toMatchObject({ code: 0 })
  expect(await world.run('update', 'm', '--links-into', 'hub')).toMatchObject({ code: 2 })
  const moved = await world.run('update', 'm', ...place.slice(0, 3), 'other', '--json')
  expect(parseJson(moved)).toMatchObject({ linksInto: join(world.directory, 'other') })
  const plain = await world.run('update', 'm', ...place.slice(0, 2), '--json')
  expect(parseJson(plain)).not.toHaveProperty('linksInto')
})

it('links to directories are followed, and one to where it stands is refused', async () => {
  const world = createWorld()
  world.write('weights/model.gguf', sampleGguf('m'))
  world.write('m/config.json', '{}')
  symlinkSync('../weights', join(world.directory, 'm/linked'))
  const added = await world.run('add', 'm', '--symlinks', 'anywhere', '--json')
  expect(parseJson(added)).toMatchObject({ files: [{ path: 'config.json' }, { path: 'linked/model.gguf' }] })
  symlinkSync('..', join(world.directory, 'm/linked/back'))
  symlinkSync('.', join(world.directory, 'm/itself'))
  expect(await world.run('add', 'm', '--id', 'n', '--symlinks', 'anywhere')).toMatchObject({ code: 13 })
})

it.each<[string, (path: string) => void]>([
  ['a link that leads nowhere', (path) => symlinkSync('nowhere', path)],
  ['a fifo', (path) => execFileSync('mkfifo', [path])],
])('a directory with %s is refused under any policy for links', async (_name, make) => {
  const world = createWorld()
  world.write('m/config.json', '{}')
  make(join(world.directory, 'm/odd'))
  const refused = await world.run('add', 'm', '--symlinks', 'anywhere')
  expect(refused).toMatchObject({ code: 13, stderr: expect.stringContaining('m/odd') })
})

it('what is hidden, temporary or of the operating system is left out, and told', async () => {
  const world = createWorld()
  world.write('m/model.gguf', sampleGguf('m'))
  const left = ['.DS_Store', '.cache/x', 'Thumbs.db', 'a.tmp', 'b.part', 'c.incomplete', 'sub/d.crdownload']
  for (const name of left) world.write(`m/${name}`, 'x')
  const added = await world.run('add', 'm')
  expect(added.code).toBe(0)
  for (const name of left) expect(added.stderr).toContain(`left out: ${name.replace('/x', '')} (`)
  await world.run('rm', 'm')
  const again = await world.run('add', 'm', '--digest', digestOf(added.stdout), '--json')
  expect(parseJson(again)).toMatchObject({
    files: [{ path: 'model.gguf' }],
    skipped: expect.arrayContaining(['.cache (hidden)']),
  })
})

const digestOf = (stdout: string): string => /[0-9a-f]{64}/u.exec(stdout)?.[0] ?? expect.unreachable()

it('a directory deeper than any model is refused, with the limit', async () => {
  const world = createWorld()
  world.write(`m/${'d/'.repeat(33)}model.gguf`, sampleGguf('m'))
  const refused = await world.run('add', 'm')
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('nested deeper than 32 levels') })
})

it('takes the policy from CATALOG_SYMLINKS, and refuses another word', async () => {
  const world = createWorld()
  writeMixed(world)
  expect(await world.runShell('CATALOG_SYMLINKS=anywhere catalog add m')).toMatchObject({ code: 0 })
  for (const line of ['CATALOG_SYMLINKS=maybe catalog ls', 'catalog ls --symlinks maybe']) {
    const refused = await world.runShell(line)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('refuse, inside or anywhere') })
  }
})

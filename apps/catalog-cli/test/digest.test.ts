import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const WRONG = '0'.repeat(64)

function createFiles(): World {
  const world = createWorld()
  for (const name of ['a.gguf', 'b c.gguf', 'back\\slash', 'new\nline']) world.write(name, sampleGguf(name))
  return world
}

it('`-` is standard input, of any size and in its place among files', async () => {
  const world = createFiles()
  const digest = sha256(sampleGguf('a.gguf'))
  expect(await world.runShell('catalog digest a.gguf - < a.gguf')).toMatchObject({
    code: 0,
    stdout: `${digest}  a.gguf\n${digest}  -\n`,
  })
  const zeros = sha256(new Uint8Array(50_000_000))
  const piped = await world.runShell('head -c 50000000 /dev/zero | catalog digest - --json')
  expect(parseJson(piped)).toEqual({
    failed: 0,
    files: [{ path: '-', digest: zeros, sizeBytes: 50_000_000 }],
  })
  expect((await world.runShell(': | catalog digest -')).stdout).toBe(`${sha256('')}  -\n`)
})

it('says how much of standard input it has read', async () => {
  const { stderr } = await createWorld().runShell('head -c 3000000 /dev/zero | catalog digest -')
  expect(stderr).toMatch(/^-: reading\n(?:-: [^\n]+\n)*-: read 2\.86 MiB in [^\n]+\n$/u)
})

it('standard input is read once', async () => {
  const { code, stderr } = await createWorld().run('digest', '-', '-')
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('- stands twice') })
})

it('--check reads what digest wrote, and every other form of a list', async () => {
  const world = createFiles()
  const { stdout: list } = await world.run('digest', 'a.gguf', `${world.directory}/b c.gguf`, 'back\\slash')
  world.write('own', list)
  expect(await world.run('digest', '--check', 'own')).toMatchObject({
    code: 0,
    stdout: `a.gguf: OK\n${world.directory}/b c.gguf: OK\nback\\slash: OK\n`,
  })
  const digest = sha256(sampleGguf('a.gguf'))
  for (const line of [
    `SHA256 (a.gguf) = ${digest}`,
    `SHA2-256(a.gguf)= ${digest}`,
    `${digest.toUpperCase()} *./a.gguf`,
  ]) {
    world.write('list', `# comment\r\n${line}\r\n`)
    expect((await world.run('digest', '--check', 'list')).stdout, line).toBe('a.gguf: OK\n')
  }
  expect((await world.runShell('catalog digest --check - < own')).code).toBe(0)
})

it('--check goes on after a failure and ends as the first one did', async () => {
  const world = createFiles()
  const right = sha256(sampleGguf('a.gguf'))
  world.write('list', `${WRONG}  b c.gguf\n${right}  gone\n${right}  a.gguf\n`)
  const { code, stdout, stderr } = await world.run('digest', '--check', 'list')
  expect(code).toBe(10)
  expect(stdout).toBe('b c.gguf: FAILED\ngone: FAILED open or read\na.gguf: OK\n')
  expect(stderr).toContain('[DIGEST_MISMATCH]')
  expect(stderr).toMatch(/\[FILE_MISSING\].*2 of 3 files failed\n$/su)
  expect(parseJson(await world.run('digest', '--check', 'list', '--json'))).toMatchObject({
    failed: 2,
    files: [
      { path: 'b c.gguf', ok: false, digest: WRONG, error: { code: 'DIGEST_MISMATCH' } },
      { path: 'gone', ok: false, error: { code: 'FILE_MISSING' } },
      { path: 'a.gguf', ok: true, digest: right },
    ],
  })
})

it('--check reports a name that is not UTF-8, and checks the other files of the list', async () => {
  const world = createFiles()
  const right = sha256(sampleGguf('a.gguf'))
  const named = Buffer.concat([Buffer.from(`${WRONG}  caf`), Buffer.of(0xe9), Buffer.from('.gguf\n')])
  world.write('list', Buffer.concat([Buffer.from(`${right}  a.gguf\n`), named]))
  expect(await world.run('digest', '--check', 'list')).toMatchObject({
    code: 2,
    stdout: 'caf\uFFFD.gguf: FAILED open or read\na.gguf: OK\n',
    stderr: expect.stringContaining('line 2 has a name that is not UTF-8'),
  })
  world.write('list', named)
  expect(parseJson(await world.run('digest', '--check', 'list', '--json'))).toMatchObject({
    failed: 1,
    files: [{ ok: false, digest: WRONG, error: { code: 'INVALID_INPUT' } }],
  })
  world.write(
    'list',
    Buffer.concat([Buffer.from(`${right}  a.gguf\n`), Buffer.of(0xe9), Buffer.from(' no line\n')]),
  )
  expect(await world.run('digest', '--check', 'list')).toMatchObject({ code: 2, stdout: '' })
})

it('--ignore-missing leaves out what does not exist, but not everything', async () => {
  const world = createFiles()
  world.write('list', `${sha256(sampleGguf('a.gguf'))}  a.gguf\n${WRONG}  gone\n`)
  expect(await world.run('digest', '--check', 'list', '--ignore-missing')).toMatchObject({
    code: 0,
    stdout: 'a.gguf: OK\n',
  })
  world.write('list', `${WRONG}  gone\n`)
  expect(await world.run('digest', '--check', 'list', '--ignore-missing')).toMatchObject({ code: 14 })
})

it.each([
  [['--check', 'gone'], 14],
  [['--check', 'a.gguf'], 2],
  [['--check', 'a.gguf', 'a.gguf'], 2],
  [['--ignore-missing', 'a.gguf'], 2],
])('%j ends with %d', async (args, code) => {
  expect(await createFiles().run('digest', ...args)).toMatchObject({ code, stdout: '' })
})

it.skipIf(lacks('sha256sum'))('--check says of each file what sha256sum says', async () => {
  const world = createFiles()
  await world.runShell('sha256sum * > list; echo changed > a.gguf; rm "b c.gguf"')
  const theirs = await world.runShell('sha256sum --check list')
  expect((await world.run('digest', '--check', 'list')).stdout).toBe(theirs.stdout)
})

it('Ctrl-C ends the reading of standard input', async () => {
  const { child, ended } = await createWorld().spawn(['digest', '-'], undefined, 'pipe')
  child.stdin.write('first')
  await once(child.stderr, 'data')
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 130, stdout: '' })
})

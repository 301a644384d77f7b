import { chmodSync } from 'node:fs'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { createWorld } from './world.ts'

const NOBODY = 65534

it.skipIf(lacks('other-user'))(
  'a user without the right to write can read, and a change is READ_ONLY',
  async () => {
    const world = createWorld()
    chmodSync(world.directory, 0o755)
    await world.run('register', 'm', '--source', 'hf:org/m')
    const runAsNobody = async (...args: readonly string[]) => (await world.spawn(args, NOBODY)).ended
    expect(await runAsNobody('ls')).toMatchObject({ code: 0, stdout: expect.stringContaining('m ') })
    const removed = await runAsNobody('rm', 'm')
    expect(removed).toMatchObject({ code: 21, stderr: expect.stringContaining('[READ_ONLY]') })
    expect((await world.run('ls')).stdout).toContain('m ')
  },
)

it.skipIf(lacks('other-user'))(
  'a user without the right to read is advised about reading, for the root as for a file',
  async () => {
    const world = createWorld()
    chmodSync(world.directory, 0o755)
    await world.run('register', 'm', '--source', 'hf:org/m')
    const told = async (...args: readonly string[]) => (await (await world.spawn(args, NOBODY)).ended).stderr
    chmodSync(world.write('closed.gguf', 'bytes'), 0o600)
    expect(await told('digest', 'closed.gguf')).toContain('EACCES')
    chmodSync(world.root, 0o700)
    for (const args of [['ls'], ['show', 'm'], ['rm', 'm'], ['register', 'n', '--source', 's']]) {
      expect(await told(...args), args.join(' ')).toMatch(/hint: run it as a user who may read there/u)
    }
  },
)

it.skipIf(lacks('other-user'))(
  'a user names a directory that cannot be written as an anchor only if it has one',
  async () => {
    const world = createWorld()
    chmodSync(world.directory, 0o755)
    await world.run('register', 'm', '--source', 'hf:org/m')
    const list = async (anchor: string) => (await world.spawn(['ls', '--anchor', anchor], NOBODY)).ended
    const refused = `catalog: --anchor ${world.directory} has no anchor and cannot be written [USAGE]\n`
    expect(await list(world.directory)).toMatchObject({ code: 2, stderr: refused })
    // The root has one from the first reading on.
    await world.run('add', world.write('models/n.gguf', sampleGguf('n')))
    expect(await list(world.root)).toMatchObject({ code: 0, stderr: '' })
  },
)

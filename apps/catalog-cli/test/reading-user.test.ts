import { chmodSync } from 'node:fs'
import { lacks } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { createWorld } from './world.ts'

const NOBODY = 65534

it.skipIf(lacks('other-user'))(
  'a user without the right to write can read, and a change is READ_ONLY',
  async () => {
    const world = createWorld()
    await world.run('register', 'm', '--source', 'hf:org/m')
    chmodSync(world.directory, 0o755)
    const runAsNobody = async (...args: readonly string[]) => (await world.spawn(args, NOBODY)).ended
    expect(await runAsNobody('ls')).toMatchObject({ code: 0, stdout: expect.stringContaining('m ') })
    const removed = await runAsNobody('rm', 'm')
    expect(removed).toMatchObject({ code: 21, stderr: expect.stringContaining('[READ_ONLY]') })
    expect((await world.run('ls')).stdout).toContain('m ')
  },
)

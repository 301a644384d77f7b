import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createWorld } from './world.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const NOBODY = 65534

it.skipIf(process.getuid?.() !== 0)(
  'lets a user read who may not write, and says so of a change',
  async () => {
    const world = createWorld()
    await world.run('register', 'm', '--source', 'hf:org/m')
    chmodSync(world.directory, 0o755)
    const asNobody = (...args: readonly string[]) =>
      spawnSync(
        process.execPath,
        ['--conditions=@catalog/source', '--import', import.meta.resolve('tsx'), MAIN, ...args],
        {
          env: { CATALOG_ROOT: world.root, HOME: '/', TMPDIR: '/tmp' },
          uid: NOBODY,
          gid: NOBODY,
          encoding: 'utf8',
        },
      )
    expect(asNobody('ls')).toMatchObject({ status: 0, stdout: expect.stringContaining('m ') })
    const removed = asNobody('rm', 'm')
    expect(removed).toMatchObject({ status: 21, stderr: expect.stringContaining('[READ_ONLY]') })
    expect((await world.run('ls')).stdout).toContain('m ')
  },
)

import fs, { type BigIntStatsFs, mkdirSync, type StatsFs } from 'node:fs'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createWorld } from './world.ts'

const FUSE = 0x65735546

it('a catalog on FUSE is written only with --only-writer', async () => {
  const looked = vi.spyOn(fs.promises, 'statfs').mockResolvedValue({ type: FUSE } as StatsFs & BigIntStatsFs)
  onTestFinished(() => looked.mockRestore())
  const world = createWorld()
  mkdirSync(world.root)
  const register = ['register', 'm', '--source', 'hf:org/m'] as const
  const refused = await world.run(...register)
  expect(refused).toMatchObject({ code: 24, stderr: expect.stringContaining('--only-writer') })
  expect(await world.run(...register, '--only-writer')).toMatchObject({ code: 0 })
  expect(await world.run('ls')).toMatchObject({ code: 0, stdout: expect.stringContaining('m ') })
  const removed = await world.run('rm', 'm')
  expect(removed).toMatchObject({ code: 24, stderr: expect.stringContaining('[SHARED_FILE_SYSTEM]') })
  expect(await world.run('repair')).toMatchObject({ code: 24 })
  expect(await world.run('repair', '--only-writer')).toMatchObject({ code: 0 })
  expect(await world.run('--only-writer', 'rm', 'm')).toMatchObject({ code: 0 })
})

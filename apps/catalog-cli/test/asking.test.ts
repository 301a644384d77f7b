import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

const LEFTOVER = 'x.gguf.partial'

/** A catalog with one file that the upkeep removes. */
async function createLeftover(): Promise<World> {
  const world = createWorld()
  world.write('models/a.gguf', sampleGguf('a'))
  await world.run('add', 'models/a.gguf')
  world.write(`models/${LEFTOVER}`, 'half')
  return world
}

const isLeft = ({ root }: World): boolean => existsSync(join(root, LEFTOVER))

it.each(['doctor', 'collect'])(
  '%s --apply asks on a terminal, and does nothing without a yes',
  async (command) => {
    const world = await createLeftover()
    const refused = await world.answer('', command, '--apply')
    expect(refused.stderr).toContain('Do it, 4 B to free? [y/N] ')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was changed') })
    expect(isLeft(world)).toBe(true)
    expect(await world.answer('y', command, '--apply')).toMatchObject({ code: 0 })
    expect(isLeft(world)).toBe(false)
  },
)

it.each([['--yes'], ['--apply', '--yes'], ['--apply', '--json']])(
  'with %j a terminal is not asked',
  async (...options) => {
    const world = await createLeftover()
    const { code, stderr } = await world.answer('n', 'doctor', ...options)
    expect({ code, asked: stderr.includes('[y/N]') }).toEqual({ code: 0, asked: false })
    expect(isLeft(world)).toBe(false)
  },
)

it('a script without a terminal is never asked', async () => {
  const world = await createLeftover()
  expect(await world.run('doctor', '--apply')).toMatchObject({ code: 0, stderr: '' })
  expect(isLeft(world)).toBe(false)
})

it('--dry-run shows and does nothing, and contradicts --apply and --yes', async () => {
  const world = await createLeftover()
  await world.run('doctor', '--save', 'plan.json')
  for (const command of [['doctor'], ['collect'], ['apply', 'plan.json']]) {
    const shown = await world.run(...command, '--dry-run')
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(`would remove ${LEFTOVER}`) })
  }
  for (const option of ['--apply', '--yes']) {
    expect(await world.run('doctor', '--dry-run', option)).toMatchObject({ code: 2, stdout: '' })
  }
  expect(await world.answer('no', 'apply', 'plan.json')).toMatchObject({ code: 2 })
  expect(isLeft(world)).toBe(true)
})

it('rm --dry-run says what would go and where the file stays', async () => {
  const world = await createLeftover()
  expect((await world.run('rm', 'a', '--dry-run')).stdout).toBe(
    `a: would be removed from the catalog; its file stays at ${world.root}/a.gguf\n`,
  )
  expect(parseJson(await world.run('rm', 'a', '--dry-run', '--json'))).toMatchObject({ dryRun: true })
  expect(await world.run('rm', 'b', '--dry-run')).toMatchObject({ code: 4 })
  expect(await world.run('show', 'a')).toMatchObject({ code: 0 })
})

it.each([['repair'], ['prune-history', '--keep', '2']])('%s asks on a terminal', async (...command) => {
  const world = await createLeftover()
  expect(await world.answer('n', ...command)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('[y/N]'),
  })
  expect(await world.answer('n', ...command, '--yes')).toMatchObject({ code: 0 })
})

it('rm asks on a terminal, unless --yes is given', async () => {
  const world = createWorld()
  await world.run('register', 'a', '--source', 's')
  const refused = await world.answer('', 'rm', 'a')
  expect(refused.stderr).toContain('Remove a from the catalog? [y/N] ')
  expect(refused).toMatchObject({ code: 2 })
  const { code, stderr } = await world.answer('n', 'rm', 'a', '--yes')
  expect({ code, asked: stderr.includes('[y/N]') }).toEqual({ code: 0, asked: false })
})

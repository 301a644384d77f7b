import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

describe('catalog migrate', () => {
  const migrate = ['migrate', '--from', 'fs', '--to'] as const

  it('copies to another directory, and says how programs get to use the copy', async () => {
    const world = createWorld()
    await world.run('register', 'a', '--source', 'hf:org/a')
    const { code, stdout } = await world.run(...migrate, 'other')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^copied \d+ positions of the history, up to \d+, from .*; both are equal\n/u)
    expect(stdout).toMatch(/programs still use .* until they are given --root .*other, or CATALOG_ROOT\n$/u)
    const again = await world.run(...migrate, 'other')
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nothing to do: .*\n$/u) })
    const report = parseJson(await world.run(...migrate, 'other', '--json', '--dry-run'))
    expect(report).toMatchObject({ copied: 0, isComplete: true, dryRun: true })
  })

  it('refuses the same directory by another name', async () => {
    const world = createWorld()
    await world.run('register', 'a', '--source', 'hf:org/a', '--root', 'one')
    symlinkSync(join(world.directory, 'one'), join(world.directory, 'two'))
    const { code, stderr } = await world.run('migrate', '--from', 'one', '--to', 'two')
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('another place') })
  })

  it.each(['mysql://u:secret@h/db', 'postgres:/db', 'POSTGRESQL://h/db', 'file:///models'])(
    'does not take %s for a directory',
    async (place) => {
      const world = createWorld()
      await world.run('register', 'a', '--source', 'hf:org/a')
      for (const places of [
        ['--from', 'fs', '--to', place],
        ['--from', place, '--to', 'fs'],
      ]) {
        const { code, stderr } = await world.run('migrate', ...places)
        expect(code).toBe(2)
        expect(stderr).toContain('must be a directory, or a URL such as')
        expect(stderr).not.toContain('secret')
      }
    },
  )

  it('says of a copy that is not finished how it is finished', async () => {
    const world = createWorld()
    await world.run('register', 'a', '--source', 'hf:org/a')
    await world.run(...migrate, 'other')
    world.write('other/.catalog/format', 'copy\n')
    const { code, stderr } = await world.run('ls', '--root', 'other')
    expect(code).toBe(31)
    expect(stderr).toContain('is a copy that is not finished')
    expect(stderr).toContain('hint: run the same catalog migrate again')
    expect(await world.run(...migrate, 'other')).toMatchObject({ code: 0 })
    expect(await world.run('ls', '--root', 'other')).toMatchObject({ code: 0 })
  })

  it('names the other catalog where the copy should be', async () => {
    const world = createWorld()
    await world.run('register', 'a', '--source', 'hf:org/a')
    await world.run('register', 'b', '--source', 'hf:org/b', '--root', 'other')
    const { code, stderr } = await world.run(...migrate, 'other')
    expect(code).toBe(2)
    expect(stderr).toMatch(/to must be an empty place: in .*other is another catalog, whose history differs/u)
  })
})

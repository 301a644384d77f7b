import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createWorld, type World } from './world.ts'

const viewOf = ({ root }: World): string => join(root, 'catalog.json')

it('a catalog.json with a slip is left alone, and the way that is told leads out', async () => {
  const world = createWorld()
  await world.run('register', 'm', '--name', 'before', '--source', 'hf:org/m')
  const text = readFileSync(viewOf(world), 'utf8').replace('"before"', '"by hand"')
  writeFileSync(viewOf(world), text.replace('"by hand"', '"by hand",'))
  const refused = await world.run('register', 'n', '--source', 'hf:org/n')
  expect(refused).toMatchObject({ code: 32, stderr: expect.stringContaining('line 8, column 25 (m)') })
  expect(refused.stderr).toContain('correct catalog.json, or move it away')
  writeFileSync(viewOf(world), text)
  expect(await world.run('register', 'n', '--source', 'hf:org/n')).toMatchObject({ code: 0, stderr: '' })
  expect((await world.run('show', 'm')).stdout).toContain('by hand')
})

it('a newer catalog.json beside an older .catalog is kept, and the command says where', async () => {
  const world = createWorld()
  await world.run('register', 'm', '--source', 'hf:org/m')
  const [own, backup] = [join(world.root, '.catalog'), join(world.directory, 'backup')]
  cpSync(own, backup, { recursive: true })
  await world.run('register', 'newer', '--source', 'hf:org/newer')
  rmSync(own, { recursive: true })
  renameSync(backup, own)
  const { code, stderr } = await world.run('ls')
  const [, kept = ''] = /it is now (.*)/u.exec(stderr) ?? []
  expect(code).toBe(0)
  expect(readFileSync(kept, 'utf8')).toContain('newer')
  expect((await world.run('ls')).stderr).toBe('')
})

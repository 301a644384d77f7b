import { expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

it('policy shows, sets and unsets what the catalog stores for every program', async () => {
  const world = createWorld()
  await world.run('register', 'm', '--source', 'https://models.example/m.gguf')
  expect((await world.run('policy')).stdout).toBe('no policy is stored: each program uses its own\n')
  const set = await world.run('policy', 'set', 'require-declared-digest=true', 'max-evidence-age=90d')
  expect(set).toMatchObject({ code: 0, stdout: 'require-declared-digest=true\nmax-evidence-age=90d\n' })
  const origins = await world.run('policy', 'set', 'require-digest-origin=hub,signature')
  expect(origins.stdout).toContain('require-digest-origin=hub,signature\n')
  const unknownOrigin = await world.run('policy', 'set', 'require-digest-origin=hub,oracle')
  expect(unknownOrigin).toMatchObject({ code: 2, stderr: expect.stringContaining('registry, list') })
  await world.run('policy', 'unset', 'require-digest-origin')
  const unset = await world.run('policy', 'unset', 'max-evidence-age', '--json')
  expect(parseJson(unset)).toEqual({ policy: { revision: 4, requireDeclaredDigest: true } })
  const wrong = await world.run('policy', 'set', 'ctime-change=ignore')
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('stale or trust-mtime') })
  const unknown = await world.run('policy', 'unset', 'max-age')
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('max-evidence-age') })
})

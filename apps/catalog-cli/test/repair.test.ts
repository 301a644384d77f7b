import { mkdirSync, statSync, truncateSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createWorld, parseJson } from './world.ts'

const SOURCE = 'https://example.com/model.gguf'

it('repairs a damaged catalog, keeps the originals, and says what is lost', async () => {
  const world = createWorld()
  for (const id of ['a', 'b']) await world.run('register', id, '--source', SOURCE)
  const journal = `${world.root}/.catalog/journal-000001.jsonl`
  truncateSync(journal, statSync(journal).size - 400)
  const refused = await world.run('ls')
  expect(refused.code).toBe(30)
  expect(refused.stderr).toContain('catalog repair')
  const repaired = await world.run('repair')
  expect(repaired.code).toBe(0)
  expect(repaired.stdout).toMatch(/^kept the original as .*catalog\.json\.broken-.*\n.* kept, .* lost\n$/u)
  expect((await world.run('ls')).code).toBe(0)
  expect((await world.run('repair')).stdout).toMatch(/^nothing to repair; /u)
})

it('says so if there is nothing to repair, or no catalog', async () => {
  const world = createWorld()
  mkdirSync(world.root)
  expect((await world.run('repair')).code).toBe(22)
  await world.run('register', 'a', '--source', SOURCE)
  expect(parseJson(await world.run('repair', '--json'))).toMatchObject({ recordsLost: 0, keptFiles: [] })
})

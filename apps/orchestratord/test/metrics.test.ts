import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { openCatalog } from 'model-catalog'
import { expect, it } from 'vitest'
import { MODELS, type Service, useOwnService } from './world.ts'

async function scrape(service: Service): Promise<ReadonlyMap<string, number>> {
  const { status, headers, body } = await service.send('GET', '/metrics')
  expect(status).toBe(200)
  expect(headers['content-type']).toContain('text/plain; version=0.0.4')
  const lines = String(body).split('\n')
  return new Map(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(/ (?=\S+$)/u) as [string, string])
      .map(([name, value]) => [name, Number(value)]),
  )
}

it('a scrape tells of what other processes did, also after a restart, and never of an id or a source', async () => {
  const service = await useOwnService()
  await using other = await openCatalog({ root: service.root })
  await other.register({ id: 'secret-model', source: 'https://user:password@models.example/m.gguf' })
  writeFileSync(join(service.root, 'secret-model.gguf'), sampleGguf('m'))
  await other.verify('secret-model')
  await other.register({ id: 'gone', source: 'hf:org/gone' })
  await expect(other.verify('gone')).rejects.toMatchObject({ code: 'FILE_MISSING' })
  const expected = new Map([
    ['catalog_up', 1],
    ['catalog_models_total{state="Active"}', 1],
    ['catalog_models_total{state="Pending"}', 1],
    ['catalog_verification_total{outcome="success"}', 1],
    ['catalog_verification_total{outcome="unreadable"}', 1],
    ['catalog_operations_total{operation="register"}', 2],
  ])
  const before = await scrape(service)
  for (const [name, value] of expected) expect(before.get(name), name).toBe(value)
  expect([...before.keys()].join()).not.toMatch(/secret|password|models\.example|hf:/u)
  service.process.kill('SIGKILL')
  await service.ended
  const after = await scrape(await useOwnService(service.root))
  for (const [name, value] of expected) expect(after.get(name), name).toBe(value)
})

it('a catalog that cannot be opened is told by a scrape, which does not fail', async () => {
  const service = await useOwnService()
  for (const id of ['a', 'b', 'c']) await service.send('POST', MODELS, { id, source: 'hf:o/m' })
  service.process.kill('SIGKILL')
  await service.ended
  const journal = join(service.root, '.catalog', 'journal-000001.jsonl')
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"id":"b"', '"id":"x"'))
  const again = await useOwnService(service.root)
  expect(await scrape(again)).toEqual(new Map([['catalog_up', 0]]))
  expect((await again.send('GET', '/readyz')).status).toBe(503)
})

import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { openCatalog } from 'model-catalog'
import { expect, it, onTestFinished } from 'vitest'
import { findModels, formatCatalog } from '../src/index.ts'
import { createExporting } from './exporting.ts'

it('another catalog adopts the exported catalog.json, and verifies the files again', async () => {
  const { catalog, directory, put, addActive } = await createExporting()
  const files = [{ path: 'a.gguf' }, { path: 'b.gguf' }]
  await addActive({ id: 'wren', name: 'Wren', source: 'hf:acme/wren', tags: ['small'] }, sampleGguf('wren'))
  await addActive({ id: 'robin', source: 'hf:acme/robin', files }, sampleGguf(1), sampleGguf(2))
  const models = await findModels(catalog)
  put('other/catalog.json', formatCatalog(models.map(({ entry }) => entry)))
  renameSync(join(directory, 'models/wren.gguf'), join(directory, 'other/wren.gguf'))

  const other = await openCatalog({ root: join(directory, 'other') })
  onTestFinished(() => other.close())
  for (const { entry } of models) {
    const { id, name, source, digest, registeredAt, verifiedAt, state, files: its, tags, facts } = entry
    const expected = { id, name, source, digest, registeredAt, verifiedAt, state, files: its, tags, facts }
    expect(await other.get(id)).toMatchObject(JSON.parse(JSON.stringify(expected)))
  }
  await expect(other.resolve('wren')).rejects.toMatchObject({ code: 'NOT_USABLE' })
  expect((await other.verify('wren')).state).toBe('Active')
  expect((await other.resolve('wren')).path).toBe(join(directory, 'other/wren.gguf'))
})

it('the exported catalog.json has the fields of the specification', async () => {
  const { catalog } = await createExporting()
  await catalog.register({ id: 'wren', name: 'Wren', source: 'hf:acme/wren' })
  const models = await findModels(catalog, { states: ['Pending'] })
  expect(JSON.parse(formatCatalog(models.map(({ entry }) => entry)))).toEqual({
    models: [
      {
        id: 'wren',
        name: 'Wren',
        source: 'hf:acme/wren',
        digest: null,
        state: 'Pending',
        registered_at: expect.any(String),
        verified_at: null,
      },
    ],
  })
})

it('leaves out credentials, evidence, leases and downloads', async () => {
  const { catalog, addActive } = await createExporting()
  await addActive({ id: 'wren', source: 'https://user:hush@host/wren.gguf?token=hush' }, sampleGguf('wren'))
  await catalog.leases.take('wren', { forMs: 60_000 })
  await catalog.register({ id: 'robin', source: 'https://user:hush@host/robin.gguf' })
  await catalog.downloads.begin('robin', { forMs: 60_000 })
  const models = await findModels(catalog, { states: ['Active', 'Pending'] })
  const text = formatCatalog(models.map(({ entry }) => entry))
  expect(text).not.toContain('hush')
  for (const model of JSON.parse(text).models) {
    expect(model).not.toHaveProperty('evidence')
    expect(model).not.toHaveProperty('leases')
    expect(model).not.toHaveProperty('download')
  }
})

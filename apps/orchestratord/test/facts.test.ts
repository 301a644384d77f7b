import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { openCatalog } from 'model-catalog'
import { expect, it } from 'vitest'
import { modelPageSchema, modelSchema } from '../src/schemas/answers.ts'
import { MODELS, useService } from './world.ts'

const service = await useService()
await using catalog = await openCatalog({ root: service.root })
const metadata = { 'general.file_type': 15, 'llama.context_length': 4096, 'general.license': 'mit' }
await writeFile(join(service.root, 'm.gguf'), sampleGguf('m', { metadata }))
await catalog.register({ id: 'm', source: 'hf:org/m', file: 'm.gguf' })
await catalog.register({ id: 'unread', source: 'hf:org/unread' })
await catalog.verify('m')

it('a model is shown with what the headers of its files say', async () => {
  const { body } = await service.send('GET', `${MODELS}/m`)
  expect(modelSchema.parse(body).facts).toEqual({
    ...{ format: 'gguf', architecture: 'llama', quantisation: 'Q4_K_M', contextLength: 4096 },
    ...{ parameters: expect.any(Number), tensorCount: 1, licence: 'mit', name: 'sample m' },
  })
})

it.each([
  ['architecture=LLAMA', ['m']],
  ['architecture=qwen2', []],
  ['quantisation=q4_k_m', ['m']],
  ['minParameters=1', ['m']],
  ['maxParameters=1000000', ['m']],
  ['minParameters=1000000', []],
])('the filter %s finds %j', async (query, ids) => {
  const { body } = await service.send('GET', `${MODELS}?${query}`)
  expect(modelPageSchema.parse(body).models.map(({ id }) => id)).toEqual(ids)
})

it('a filter that cannot be meant is refused', async () => {
  for (const query of ['architecture=', 'minParameters=7B', 'minParameters=9&maxParameters=1'])
    expect((await service.send('GET', `${MODELS}?${query}`)).status, query).toBe(400)
})

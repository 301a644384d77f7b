import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { findModels } from '../src/index.ts'
import { createExporting } from './exporting.ts'

it('finds the Active models, or those in other states, or the named ones in their order', async () => {
  const { catalog, addActive } = await createExporting()
  await addActive({ id: 'wren', source: 'hf:acme/wren' }, sampleGguf('wren'))
  await addActive({ id: 'robin', source: 'hf:acme/robin' }, sampleGguf('robin'))
  await catalog.register({ id: 'tit', source: 'hf:acme/tit' })
  const idsOf = async (...args: Parameters<typeof findModels> extends [unknown, ...infer R] ? R : never) =>
    (await findModels(catalog, ...args)).map(({ entry }) => entry.id)
  expect(await idsOf()).toEqual(['robin', 'wren'])
  expect(await idsOf({ states: ['Pending'] })).toEqual(['tit'])
  expect(await idsOf({ ids: ['wren', 'robin', 'wren'] })).toEqual(['wren', 'robin'])
  expect(await idsOf({ ids: ['tit'], states: ['Active', 'Pending'] })).toEqual(['tit'])
})

it('refuses an id that does not exist, and a named model in another state', async () => {
  const { catalog } = await createExporting()
  await catalog.register({ id: 'tit', source: 'hf:acme/tit' })
  await expect(findModels(catalog, { ids: ['wren'] })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(findModels(catalog, { ids: ['tit'] })).rejects.toMatchObject({
    code: 'NOT_USABLE',
    details: { id: 'tit', state: 'Pending' },
  })
})

import { describeOptions } from '@catalog/testkit/private'
import { type Catalog, isCatalogError } from 'model-catalog'
import { expect, it } from 'vitest'
import { findStores, importModels, scan } from '../src/index.ts'

const none = {} as Catalog

describeOptions({
  scan: { call: (given) => scan('/nowhere', given).next(), options: ['only', 'record', 'signal'] },
  findStores: { call: (given) => findStores(given), options: ['environment', 'platform', 'home'] },
  importModels: {
    call: (given) => importModels(none, [], given),
    options: ['actor', 'reason', 'verify', 'parallel', 'stores', 'only', 'signal', 'onProgress', 'onResult'],
  },
})

it.each([0, -1, 1.5, Number.NaN])('%d models at a time are refused', async (parallel) => {
  const error = await importModels(none, [], { parallel }).catch((reason: unknown) => reason)
  expect(isCatalogError(error, 'INVALID_INPUT')).toBe(true)
})

import { useTemporaryDirectory } from '@catalog/testkit'
import { describeOptions } from '@catalog/testkit/private'
import { openCatalog } from 'model-catalog'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createMetricsReader, type MeteredCatalog, readMetrics, registerMetrics } from '../src/index.ts'

const none = {} as MeteredCatalog
const options = ['observer', 'surveyMaxAgeMs']

describeOptions({
  registerMetrics: {
    call: (given) => registerMetrics(none, given),
    options: ['registry', ...options],
  },
  createMetricsReader: { call: (given) => createMetricsReader(none, given), options },
  readMetrics: { call: (given) => readMetrics(none, given), options },
})

it.each([-1, Number.NaN])('a survey of an age of %d is refused', (surveyMaxAgeMs) => {
  expect(() => createMetricsReader(none, { surveyMaxAgeMs })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT' }),
  )
})

describe('a registry', () => {
  const directory = useTemporaryDirectory()

  it('takes the metrics of one catalog, and its others stay', async () => {
    await using catalog = await openCatalog({ root: directory.path })
    const registry = new Registry()
    registerMetrics(catalog, { registry })
    expect(() => registerMetrics(catalog, { registry })).toThrow('already been registered')
    registry.resetMetrics()
    expect(await registry.getSingleMetricAsString('catalog_up')).toContain('catalog_up 1')
  })
})

import { createHash } from 'node:crypto'
import { appendFile, readdir, stat, writeFile } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { openCatalog } from 'model-catalog'
import { type OpenMetricsContentType, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createMetricsObserver, createMetricsReader, readMetrics, registerMetrics } from '../src/index.ts'
import { scrape, serveMetrics } from './serve-metrics.ts'

const SOURCE = 'https://user:secret@models.example/a.gguf?token=hunter2'

describe('a scrape over HTTP', () => {
  const directory = useTemporaryDirectory()

  it('shows what another opened catalog did, and what is on the disk', async () => {
    await using catalog = await openCatalog({ root: directory.path })
    await using other = await openCatalog({ root: directory.path })
    await using server = await serveMetrics(catalog, { surveyMaxAgeMs: 0 })
    const bytes = sampleGguf('a')
    await other.register({ id: 'right', source: SOURCE, file: 'right.gguf' })
    await other.register({ id: 'gone', source: 'hf:org/model', file: 'gone.gguf', sizeBytes: 5 })
    await writeFile(directory.at('right.gguf'), bytes)
    await writeFile(directory.at('gone.gguf.partial'), 'half')
    await other.verify('right')
    await other.verify('gone').catch(() => undefined)
    await other.leases.take('right', { holder: 'h', forMs: 60_000 })
    const samples = await scrape(server.url)
    const expected = {
      catalog_up: 1,
      'catalog_models_total{state="Pending"}': 1,
      'catalog_models_total{state="Active"}': 1,
      'catalog_models_total{state="Retired"}': 0,
      'catalog_models_total{state="Failed"}': 0,
      'catalog_verification_total{outcome="success"}': 1,
      'catalog_verification_total{outcome="failure"}': 0,
      'catalog_verification_total{outcome="unreadable"}': 1,
      'catalog_verification_total{outcome="superseded"}': 0,
      'catalog_operations_total{operation="register"}': 2,
      'catalog_operations_total{operation="verify"}': 2,
      'catalog_operations_total{operation="lease"}': 1,
      catalog_verified_bytes_total: bytes.length,
      catalog_verification_duration_seconds_count: 2,
      'catalog_verification_duration_seconds_bucket{le="+Inf"}': 2,
      'catalog_verification_duration_seconds_bucket{le="14400"}': 2,
      catalog_survey_up: 1,
      'catalog_models_bytes{state="Active"}': bytes.length,
      'catalog_models_bytes{state="Pending"}': 5,
      catalog_usable_models: 1,
      catalog_partial_bytes: 4,
      catalog_quarantined_bytes: 0,
      catalog_active_leases: 1,
      catalog_active_downloads: 0,
      catalog_journal_bytes: await journalBytes(),
    }
    expect(Object.fromEntries(samples)).toMatchObject(expected)
    expect(samples.get('catalog_free_bytes')).toBeGreaterThan(0)
    expect(samples.get('catalog_oldest_evidence_age_seconds')).toBeGreaterThanOrEqual(0)
  })

  async function journalBytes(): Promise<number> {
    const names = (await readdir(directory.at('.catalog'))).filter((name) => name.endsWith('.jsonl'))
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(directory.at('.catalog', name))).size),
    )
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  it('shows no id, source or path, and a label only of what is counted by it', async () => {
    await using catalog = await openCatalog({ root: directory.path })
    await catalog.register({ id: 'private/model', source: SOURCE })
    await catalog.verify('private/model').catch(() => undefined)
    const registry = new Registry()
    registerMetrics(catalog, { registry, observer: createMetricsObserver() })
    const text = await registry.metrics()
    expect(text).not.toMatch(/private|secret|hunter2|models\.example|gguf/u)
    expect(text).not.toContain(directory.path)
    const labels = new Set(
      [...text.matchAll(/[{,](?<label>[a-z_]+)="/gu)].map(({ groups }) => groups?.['label']),
    )
    expect([...labels].sort()).toEqual(['le', 'operation', 'outcome', 'state'])
  })

  it('shows that a closed catalog is down, and goes on', async () => {
    const catalog = await openCatalog({ root: directory.path })
    const observer = createMetricsObserver()
    await using server = await serveMetrics(catalog, { observer })
    expect((await scrape(server.url)).get('catalog_up')).toBe(1)
    await catalog.close()
    observer.onConflict()
    const samples = await scrape(server.url)
    expect(Object.fromEntries(samples)).toEqual({ catalog_up: 0, catalog_conflicts_total: 1 })
  })

  it('shows that a damaged catalog is down, and goes on', async () => {
    const catalog = await openCatalog({ root: directory.path })
    await catalog.register({ id: 'a', source: 'hf:org/model' })
    await using server = await serveMetrics(catalog)
    const json = '{"after":"nothing"}'
    const line = `\n${createHash('sha256').update(json).digest('hex').slice(0, 32)} ${json}\n`
    await appendFile(directory.at('.catalog', 'journal-000001.jsonl'), line)
    await expect(catalog.get('a')).rejects.toMatchObject({ code: 'DAMAGED' })
    expect((await scrape(server.url)).get('catalog_up')).toBe(0)
    await catalog.close().catch(() => undefined)
  })

  it('shows all but the survey if that cannot be made', async () => {
    await using catalog = await openCatalog({ root: directory.path })
    const upkeep = { stats: () => Promise.reject(new Error('the disk is away')) }
    const { history } = catalog
    const families = await readMetrics({ counts: () => catalog.counts(), history, upkeep })
    const valueIn = (name: string) => families.find((family) => family.name === name)?.samples[0]?.value
    expect([valueIn('catalog_up'), valueIn('catalog_survey_up')]).toEqual([1, 0])
    expect(valueIn('catalog_free_bytes')).toBeUndefined()
    expect(valueIn('catalog_models_total')).toBe(0)
  })

  it('is of one reading of the catalog', async () => {
    await using catalog = await openCatalog({ root: directory.path })
    let readings = 0
    const counted = {
      counts: () => {
        readings += 1
        return catalog.counts()
      },
      history: catalog.history,
      upkeep: catalog.upkeep,
    }
    await using server = await serveMetrics(counted)
    await scrape(server.url)
    expect(readings).toBe(1)
  })

  it('is understood as OpenMetrics', async () => {
    await using catalog = await openCatalog({ root: directory.path })
    await catalog.register({ id: 'a', source: 'hf:org/model' })
    const registry = new Registry<OpenMetricsContentType>()
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    registerMetrics(catalog, { registry })
    const text = await registry.metrics()
    expect(text).toContain(
      '# TYPE catalog_operations counter\ncatalog_operations_total{operation="register"} 1\n',
    )
    expect(text.endsWith('# EOF\n')).toBe(true)
    expect(await registry.metrics()).toBe(text)
  })
})

describe('a survey', () => {
  const directory = useTemporaryDirectory()

  it('is made once in its time: what is there is shown, and the next one made behind it', async () => {
    await using catalog = await openCatalog({ root: directory.path })
    let surveys = 0
    const { history } = catalog
    const upkeep = {
      stats: () => {
        surveys += 1
        return catalog.upkeep.stats()
      },
    }
    const metered = { counts: () => catalog.counts(), history, upkeep }
    const long = createMetricsReader(metered)
    await long.read()
    await long.read()
    expect(surveys).toBe(1)
    const always = createMetricsReader(metered, { surveyMaxAgeMs: 0 })
    await always.read()
    await always.read()
    expect(surveys).toBe(3)
  })
})

describe('what only one process knows', () => {
  const directory = useTemporaryDirectory()

  it('is counted by the observer that its catalog was opened with', async () => {
    const observer = createMetricsObserver()
    await using catalog = await openCatalog({ root: directory.path, observer })
    const reader = createMetricsReader(catalog, { observer })
    const audit = async () =>
      (await reader.read())
        .filter(({ name }) => name.startsWith('catalog_audit_'))
        .flatMap(({ samples }) => samples)
    expect(await audit()).toEqual([])
    const bytes = sampleGguf('a')
    await writeFile(directory.at('a.gguf'), bytes)
    await catalog.register({ id: 'a', source: 'hf:org/model', file: 'a.gguf' })
    await catalog.verify('a')
    await catalog.upkeep.audit()
    expect(Object.fromEntries((await audit()).map(({ name, value }) => [name, value]))).toEqual({
      catalog_audit_done_models: 1,
      catalog_audit_total_models: 1,
      catalog_audit_done_bytes: bytes.length,
      catalog_audit_total_bytes: bytes.length,
    })
  })
})

// A process that serves the metrics of the catalog in ROOT and changes nothing: prints its URL.
import { openCatalog } from 'model-catalog'
import { createMetricsObserver } from '../src/index.ts'
import { serveMetrics } from './serve-metrics.ts'

const [root = ''] = process.argv.slice(2)
const observer = createMetricsObserver()
const catalog = await openCatalog({ root, observer })
const { url } = await serveMetrics(catalog, { observer, surveyMaxAgeMs: 0 })
process.stdout.write(`${url}\n`)

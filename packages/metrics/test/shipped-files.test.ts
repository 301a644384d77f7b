import { readFileSync } from 'node:fs'
import { LIFECYCLE_STATES, VERIFICATION_OUTCOMES } from '@catalog/types'
import { parser } from '@prometheus-io/lezer-promql'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createMetricsObserver, type MeteredCatalog, readMetrics } from '../src/index.ts'

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

interface Panel {
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets: readonly { readonly expr: string }[]
}

const readShipped = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const rules = (parse(readShipped('alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
)
const { panels } = JSON.parse(readShipped('grafana-dashboard.json')) as { panels: Panel[] }
const expressions = [...rules, ...panels.flatMap(({ targets }) => targets)].map(({ expr }) =>
  // Grafana puts it in.
  expr.replaceAll('$__rate_interval', '5m'),
)

/** The names of all samples that a scrape can show: of a histogram, its three. */
async function listNames(): Promise<ReadonlySet<string>> {
  const families = await readMetrics({} as MeteredCatalog, { observer: createMetricsObserver() })
  return new Set(
    families.flatMap(({ name, type }) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => `${name}${suffix}`) : [name],
    ),
  )
}

describe('the rules and the dashboard', () => {
  it.each(expressions)('%s is PromQL, of metrics that there are', async (expr) => {
    const names = await listNames()
    const found: string[] = []
    parser.parse(expr).iterate({
      enter: ({ type, from, to }) => {
        expect(type.isError, `${expr} at ${from}`).toBe(false)
        if (type.name === 'VectorSelector') found.push(expr.slice(from, to).replace(/\{.*/su, ''))
      },
    })
    expect(found.length).toBeGreaterThan(0)
    for (const name of found) expect(names).toContain(name)
  })

  it('ask for values that their labels have', () => {
    const values: readonly string[] = [...LIFECYCLE_STATES, ...VERIFICATION_OUTCOMES]
    const asked = expressions.flatMap((expr) => [...expr.matchAll(/(?:state|outcome)="([^"]*)"/gu)])
    expect(asked.length).toBeGreaterThan(0)
    for (const [, value] of asked) expect(values).toContain(value)
  })

  it('are six rules, each with a severity and with words for who is woken', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(6)
    for (const { labels, annotations } of rules) {
      expect(['critical', 'warning']).toContain(labels.severity)
      expect(annotations.summary).toMatch(/\.$/u)
      expect(annotations.description).toMatch(/\.$/u)
    }
  })

  it('show every metric in some panel, side by side', async () => {
    const shown = expressions.join('\n')
    const hidden = [...(await listNames())].filter((name) => !shown.includes(name))
    expect(hidden).toEqual([
      'catalog_verification_duration_seconds_sum',
      'catalog_verification_duration_seconds_count',
      ...['catalog_audit_done_models', 'catalog_audit_total_models', 'catalog_survey_timestamp_seconds'],
    ])
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })
})

import parse from 'parse-prometheus-text-format'

/** The samples of an exposition by name and labels, as a parser reads it that is not of this package. */
export function parseExposition(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  for (const { name, metrics } of parse(text)) {
    for (const { labels = {}, value, buckets, count, sum } of metrics) {
      if (value !== undefined) samples.set(`${name}${formatLabels(labels)}`, Number(value))
      for (const [le, each] of Object.entries(buckets ?? {}))
        samples.set(`${name}_bucket${formatLabels({ ...labels, le })}`, Number(each))
      if (count !== undefined) samples.set(`${name}_count${formatLabels(labels)}`, Number(count))
      if (sum !== undefined) samples.set(`${name}_sum${formatLabels(labels)}`, Number(sum))
    }
  }
  return samples
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  return pairs.length === 0 ? '' : `{${pairs.sort().join(',')}}`
}

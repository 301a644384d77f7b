import { median } from '../figure.ts'
import type { Results, Settings } from '../settings.ts'
import { registerAndChange } from '../store/models.ts'
import { BenchServer } from './server.ts'

/** How long after the acknowledgement of a commit a watch of another store gives it, and the room of its history. */
export async function measureWatching(settings: Settings): Promise<Results> {
  const server = await BenchServer.start(settings)
  try {
    const [writer, watcher] = [await server.openStore('watching'), await server.openStore('watching')]
    const commits = registerAndChange('watched')
    const changes = watcher.watch({ since: 0 })
    const delays: number[] = []
    const count = settings.isQuick ? 100 : 1000
    for (let number = 0; number < count + 20; number += 1) {
      const next = changes.next().then(() => performance.now())
      await writer.commit([commits.next().value])
      const acknowledgedAt = performance.now()
      const delay = (await next) - acknowledgedAt
      // The first ones find the connection that listens not yet made.
      if (number >= 20) delays.push(Math.max(0, delay))
    }
    await changes.return?.()
    const client = await server.connect()
    const { rows } = await client.query(`SELECT
      (pg_total_relation_size('watching.history') + pg_total_relation_size('watching.changed'))::float8 / ${count + 20} AS bytes`)
    return [
      {
        ...{ name: 'a watch gives a commit after', unit: 'ms', ours: median(delays) },
        target: { is: 'at most', value: 20, of: 'ours' },
      },
      {
        name: 'of 100, the 99th quickest takes',
        ...{ unit: 'ms', ours: delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.99)] ?? 0 },
      },
      { name: 'history of a change, alone in a commit', unit: 'bytes', ours: Number(rows[0]?.bytes) },
    ]
  } finally {
    await server.stop()
  }
}

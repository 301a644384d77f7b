import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { startProgram } from './run-program.ts'
import { useDatabase } from './use-server.ts'

const PROCESSES = 8
const REGISTRATIONS = 1000
const CALLERS = 8

describe.skipIf(lacks('database'))('eight processes that register 1,000 models each at once', () => {
  const tests = useDatabase({ settings: {} })

  it('get each exactly once, without a gap, and a ninth sees each once and in order', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    const { connectionString } = tests
    const total = PROCESSES * REGISTRATIONS
    const watcher = await startProgram('watcher', [connectionString, schema, String(total)])
    const start = performance.now()
    const writers = await Promise.all(
      Array.from({ length: PROCESSES }, (_, index) =>
        startProgram('writer', [
          ...[connectionString, schema, `w${index}`, String(REGISTRATIONS), String(CALLERS)],
        ]),
      ),
    )
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual(writers.map(() => 0))
    const seconds = (performance.now() - start) / 1000
    expect(await watcher.ended).toBe(0)

    const acknowledged = writers.flatMap(({ lines }) => lines)
    expect(acknowledged).toHaveLength(total)
    const changes = await store.changes(0)
    expect(changes.map(({ id }) => id).sort()).toEqual(acknowledged.sort())
    expect(changes.map(({ position }) => position)).toEqual(changes.map((_, index) => index + 1))
    expect(watcher.lines).toEqual(changes.map(({ position, id }) => `${position} ${id} 1`))
    expect(await store.counts()).toMatchObject({ Pending: total })
    expect(await store.verifyHistory()).toMatchObject({ ok: true, records: total })
    await store.close()
    console.log(
      `${PROCESSES} processes registered ${total} models in ${seconds.toFixed(1)} s: each once, 0 gaps; the watch gave ${watcher.lines.length} in order`,
    )
  })
})

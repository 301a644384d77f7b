import { setTimeout } from 'node:timers/promises'
import { createRandom, lacks, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { startProgram } from './run-program.ts'
import { useDatabase } from './use-server.ts'

const CALLERS = 3

describe.skipIf(lacks('database'))('a process that is killed in the middle of commits', () => {
  const tests = useDatabase({ settings: {} })

  it('has lost nothing that it was told of, and has left nothing half done', async () => {
    const runs = scaleRuns(4)
    const random = createRandom(seedOfRun())
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    const acknowledged: string[] = []
    for (let run = 0; run < runs; run += 1) {
      const args = [tests.connectionString, schema, `p${run}`, '1000000', String(CALLERS)]
      const writer = await startProgram('writer', args)
      await writer.untilLines(1 + Math.floor(random() * 20))
      await setTimeout(random() * 5)
      writer.process.kill('SIGKILL')
      expect(await writer.ended).toBe('SIGKILL')
      acknowledged.push(...writer.lines)
    }
    // What the server was at work on for them ends before this.
    const left = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'writer'`
    while ((await tests.sql(left))[0]?.['count'] !== 0);
    const changes = await store.changes(0)
    const ids = changes.map(({ id }) => String(id))
    expect(ids).toEqual(expect.arrayContaining(acknowledged))
    expect(new Set(ids).size).toBe(ids.length)
    expect(changes.map(({ position }) => position)).toEqual(ids.map((_, index) => index + 1))
    // No more than what was under way when it was killed, and has no answer.
    const unanswered = ids.length - acknowledged.length
    expect(unanswered).toBeLessThanOrEqual(runs * CALLERS)
    expect(await store.verifyHistory()).toMatchObject({ ok: true, records: ids.length })
    await store.close()
    console.log(
      `${runs} processes killed: ${acknowledged.length} acknowledged, 0 lost, 0 twice; ${unanswered} applied without an answer`,
    )
  })
})

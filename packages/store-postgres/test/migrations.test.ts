import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { asServerUser, findPostgres, lacks } from '@catalog/testkit/running'
import { parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { MIGRATIONS } from '../src/schema/migrations.ts'
import { NEXT_MIGRATION } from './programs/next-migration.ts'
import { startProgram } from './run-program.ts'
import { useServer } from './use-server.ts'
import { registrationOf } from './writers.ts'

const run = promisify(execFile)
const PROCESSES = 10
const PRESENT = MIGRATIONS.at(-1)?.version ?? 0
const NEXT = NEXT_MIGRATION.version

describe.skipIf(lacks('postgres'))('migrations', () => {
  const tests = useServer()

  it('of an empty schema that ten processes begin at once make one catalog', async () => {
    const schema = tests.newSchema()
    const opened = await openAtOnce(schema, 'present')
    const [id = ''] = opened
    expect(id).toMatch(new RegExp(`^[-0-9a-f]{36} ${PRESENT}$`, 'u'))
    expect(opened).toEqual(opened.map(() => id))
    expect(await tests.sql(`SELECT version FROM ${schema}.migrations ORDER BY 1`)).toEqual(
      MIGRATIONS.map(({ version }) => ({ version })),
    )
    const store = await tests.open(schema, { create: false })
    expect(await store.commit([registrationOf('a')])).toMatchObject([{ applied: true }])
    await store.close()
  })

  it('to the next format that ten processes begin at once are done once, and keep the catalog', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    await store.commit([registrationOf('a')])
    await store.close()
    const [catalog] = await tests.sql(`SELECT id::text AS id FROM ${schema}.catalog`)
    const opened = await openAtOnce(schema, 'next')
    expect(opened).toEqual(opened.map(() => `${catalog?.['id']} ${NEXT}`))
    // A second run of the same statements would fail, and leave a second row.
    expect(await tests.sql(`SELECT version FROM ${schema}.migrations ORDER BY 1`)).toEqual([
      ...MIGRATIONS.map(({ version }) => ({ version })),
      { version: NEXT },
    ])
    expect(await tests.sql(`SELECT id, written_with FROM ${schema}.entries`)).toEqual([
      { id: 'a', written_with: NEXT },
    ])
  })

  it('that end in the middle leave the format that was there, and the next opening does all of them', async () => {
    const schema = tests.newSchema()
    await (await tests.open(schema)).close()
    // An event trigger ends the connection after the first statement of the migration.
    await tests.sql(END_AT_ALTER)
    const before = await dump(schema)
    const [opener] = await Promise.all([startOpener(schema, 'next')])
    await opener.untilLines(1)
    opener.process.stdin?.write('\n')
    while ((await tests.sql('SELECT last_value::int AS count FROM ended'))[0]?.['count'] !== 3);
    expect(await dump(schema)).toBe(before)
    await tests.sql('DROP EVENT TRIGGER end_at_alter')
    await opener.untilLines(2)
    expect(opener.lines[1]).toMatch(new RegExp(` ${NEXT}$`, 'u'))
    expect(await opener.ended).toBe(0)
  })

  it('of a newer version are refused by this one, which writes nothing', async () => {
    const schema = tests.newSchema()
    const old = await tests.open(schema)
    await old.commit([registrationOf('a')])
    await openAtOnce(schema, 'next')
    const before = await dump(schema)
    const details = { found: `format ${NEXT}`, supported: `format ${PRESENT}` }
    const refusal = { code: 'UNSUPPORTED_FORMAT', details }
    for (const options of [{}, { create: false }, { readOnly: true }]) {
      await expect(tests.open(schema, options)).rejects.toMatchObject(refusal)
    }
    expect(await openAtOnce(schema, 'present')).toEqual(Array(PROCESSES).fill('UNSUPPORTED_FORMAT'))
    // A store that was open before it.
    await expect(old.get(parseModelId('a'))).rejects.toMatchObject(refusal)
    await expect(old.commit([registrationOf('b')])).rejects.toMatchObject(refusal)
    await expect(
      old.changeSettings({ ifRevision: 0, settings: { policy: {}, volumes: {} } }),
    ).rejects.toMatchObject(refusal)
    await expect(old.pruneHistory()).rejects.toMatchObject(refusal)
    await expect(old.watch({ since: 0 }).next()).rejects.toMatchObject(refusal)
    expect(await dump(schema)).toBe(before)
    await old.close()
  })

  async function openAtOnce(schema: string, kind: 'present' | 'next'): Promise<readonly string[]> {
    const openers = await Promise.all(Array.from({ length: PROCESSES }, () => startOpener(schema, kind)))
    await Promise.all(openers.map((opener) => opener.untilLines(1)))
    for (const opener of openers) opener.process.stdin?.write('\n')
    expect(await Promise.all(openers.map(({ ended }) => ended))).toEqual(openers.map(() => 0))
    return openers.map(({ lines }) => lines[1] ?? '')
  }

  const startOpener = (schema: string, kind: 'present' | 'next') =>
    startProgram('opener', [tests.server.connectionString, schema, kind])

  /** All that is in a schema, as SQL. */
  async function dump(schema: string): Promise<string> {
    const [program, ...args] = asServerUser([
      ...[findPostgres('pg_dump'), '--schema', schema, tests.server.connectionString],
    ])
    const { stdout } = await run(program, args, { maxBuffer: 1 << 24 })
    // A random word for psql, in newer versions.
    return stdout.replace(/^\\(?:un)?restrict .*$/gmu, '')
  }
})

/** Counts, in a sequence as that is not undone, how often it has ended a backend. */
const END_AT_ALTER = `
CREATE SEQUENCE ended;
CREATE FUNCTION end_backend() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM nextval('public.ended'); PERFORM pg_terminate_backend(pg_backend_pid()); END $$;
CREATE EVENT TRIGGER end_at_alter ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION end_backend();`

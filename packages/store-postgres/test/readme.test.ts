import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { sampleEntry, useTemporaryDirectory } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import { parseModelId } from '@catalog/types'
import pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { openPostgresStore } from '../src/index.ts'
import { useServer } from './use-server.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

function blockOf(kind: string): string {
  return new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'su').exec(readme)?.[1] ?? expect.unreachable(`no ${kind}`)
}

describe.skipIf(lacks('postgres'))('the README', () => {
  const directory = useTemporaryDirectory()
  // Not the server of other tests: the example opens it as a user does, and refuses one that is unsafe.
  const { server, sql } = lateServer()

  it('has an example that prints what it says', async () => {
    const printed: string[] = []
    vi.spyOn(console, 'log').mockImplementation((...texts: unknown[]) => void printed.push(texts.join(' ')))
    const source = blockOf('ts')
      .replace(
        "'@catalog/store-postgres'",
        JSON.stringify(fileURLToPath(new URL('../src/index.ts', import.meta.url))),
      )
      .replace("'@catalog/types'", JSON.stringify(fileURLToPath(import.meta.resolve('@catalog/types'))))
      .replace("process.env['DATABASE_URL']", JSON.stringify(server().connectionString))
    const file = directory.at('example.ts')
    writeFileSync(file, source)
    await import(pathToFileURL(file).href)
    expect(printed).toEqual(blockOf('text').trim().split('\n'))
    await sql('DROP SCHEMA catalog CASCADE')
  })

  it('has SQL that makes roles with which each can do its part, and no more', async () => {
    await sql(blockOf('sql'))
    const as = (role: string, options = {}) =>
      openPostgresStore({ connectionString: server().urlOf(role), ...options })
    await expect(as('catalog_writer', { create: false })).rejects.toMatchObject({ code: 'CATALOG_MISSING' })
    await expect(as('catalog_writer')).rejects.toMatchObject({ code: 'READ_ONLY' })
    await (await as('catalog_owner')).close()
    const writer = await as('catalog_writer', { create: false, segmentLength: 2 })
    const entry = sampleEntry({ id: 'a' })
    const commit = { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
    expect(await writer.commit([commit])).toMatchObject([{ applied: true }])
    expect(
      await writer.changeSettings({ ifRevision: 0, settings: { policy: {}, volumes: {} } }),
    ).toMatchObject({
      applied: true,
    })
    expect(await writer.pruneHistory()).toMatchObject({ removed: [] })
    const reader = await as('catalog_reader', { readOnly: true })
    expect(await reader.get(parseModelId('a'))).toMatchObject({ revision: 1 })
    expect(await reader.verifyHistory()).toMatchObject({ ok: true, records: 2 })
    // What it may not do the server refuses, whatever the option says.
    const pretender = await as('catalog_reader', { create: false })
    await expect(pretender.commit([commit])).rejects.toMatchObject({ code: 'READ_ONLY' })
    await expect(pretender.pruneHistory({ keepSegments: 2 })).rejects.toMatchObject({ code: 'READ_ONLY' })
    for (const store of [writer, reader, pretender]) await store.close()
    for (const statement of [
      "UPDATE catalog.history SET record = '{}'",
      'DELETE FROM catalog.history',
      "UPDATE catalog.entries SET state = 'Active'",
      'UPDATE catalog.head SET position = 0',
      'TRUNCATE catalog.writers',
    ]) {
      const client = new pg.Client({ connectionString: server().urlOf('catalog_writer') })
      await client.connect()
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' })
      await client.end()
    }
  })
})

function lateServer() {
  const tests = useServer({ settings: {} })
  return { server: () => tests.server, sql: tests.sql }
}

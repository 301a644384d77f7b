import { mkdirSync, writeFileSync } from 'node:fs'
import { Catalog } from '@catalog/core'
import { createModelDirectory, createVolumes } from '@catalog/files'
import { openPostgresStore } from '@catalog/store-postgres'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, TestDatabase } from '@catalog/testkit/running'
import { createFileVerifier } from '@catalog/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

describe.skipIf(lacks('database'))('two machines with one catalog in PostgreSQL', () => {
  const directory = useTemporaryDirectory()
  let database: TestDatabase
  let schema = ''
  beforeAll(async () => {
    database = await TestDatabase.open({ settings: { fsync: 'off' } })
    schema = database.newSchema()
  })
  afterAll(() => database.close())

  /** A machine with a root of its own, in which these bytes are the file of `m`. */
  async function openMachine(node: string, bytes: Uint8Array): Promise<Catalog> {
    const root = directory.at(node)
    mkdirSync(root)
    writeFileSync(directory.at(node, 'm.gguf'), bytes)
    const { connectionString } = database
    const options = { connectionString, schema, allowUnsafeServer: true, maxConnections: 2 }
    const store = await openPostgresStore(options)
    return new Catalog({
      ...{ store, node, verifier: createFileVerifier(), clock: { now: () => new Date() } },
      ...{ files: createModelDirectory(root), volumes: createVolumes(root) },
    })
  }

  it('have evidence each, tell each other of their copies, and keep the last one', async () => {
    await using a = await openMachine('gpu-1', sampleGguf('m'))
    await using b = await openMachine('gpu-2', sampleGguf('m'))
    await a.register({ id: 'm', source: 'hf:org/m/m.gguf' })
    await a.verify('m')
    expect((await a.resolve('m')).path).toBe(directory.at('gpu-1', 'm.gguf'))
    const unread = { code: 'NOT_USABLE', details: { problem: 'no-evidence' } }
    await expect(b.resolve('m')).rejects.toMatchObject(unread)
    expect(await b.standing('m')).toEqual({ kind: 'unread' })
    const { evidence = {} } = await b.verify('m')
    expect(Object.entries(evidence).map(([key, { volume, node }]) => key === `${volume}@${node}`)).toEqual([
      true,
      true,
    ])
    expect((await b.resolve('m')).path).toBe(directory.at('gpu-2', 'm.gguf'))
    const copies = await a.fleet.copies('m')
    expect(copies.map(({ node, isHere, isCounted }) => [node, isHere, isCounted]).sort()).toEqual([
      ['gpu-1', true, true],
      ['gpu-2', false, true],
    ])
    await a.setState('m', 'Retired')
    expect(await a.upkeep.apply(await a.upkeep.collect())).toMatchObject({ done: [{}], failed: [] })
    expect((await b.upkeep.collect()).actions).toEqual([])
    await b.upkeep.apply(await b.upkeep.collect({ lastCopy: true }))
    expect(await a.fleet.copies('m')).toEqual([])
  })
})

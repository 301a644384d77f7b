import { sampleEntry } from '@catalog/testkit'
import { createRandom, lacks, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import {
  type CatalogStore,
  type Commit,
  type CommitOutcome,
  LIFECYCLE_STATES,
  type LifecycleState,
  parseModelId,
} from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { useDatabase } from './use-server.ts'

const COMMITS = 150
/** Two of them differ only in case. */
const IDS = ['a', 'A', 'b', 'c']
/** It does nothing, as the model does not exist. */
const VERIFICATION_OF_NONE: Commit = {
  ...{ operation: 'verify', changes: [] },
  verification: { id: parseModelId('none'), outcome: 'success', bytes: 1, durationMs: 1 },
}

describe.skipIf(lacks('database'))('a commit of one change', () => {
  const tests = useDatabase()

  it('has the same effect alone, where it has a function of its own, and together with others', async () => {
    const random = createRandom(seedOfRun())
    const [alone, together] = [await tests.open(tests.newSchema()), await tests.open(tests.newSchema())]
    let applied = 0
    for (let number = 0; number < scaleRuns(COMMITS); number += 1) {
      const commit = await chooseCommit(alone, random, number)
      const [outcome] = await alone.commit([commit])
      const [other, none] = await together.commit([commit, VERIFICATION_OF_NONE])
      expect(other).toEqual(outcome)
      expect(none).toEqual({ applied: false, conflicts: [] })
      applied += outcome?.applied === true ? 1 : 0
    }
    expect(await tellAll(together)).toEqual(await tellAll(alone))
    expect(await alone.verifyHistory()).toMatchObject({ ok: true, records: applied })
    expect(applied).toBeGreaterThan(COMMITS / 2)
    await alone.close()
    await together.close()
  })

  it('is made after those of the same model that were sent before, whatever else is under way', async () => {
    const schema = tests.newSchema()
    const store = await tests.open(schema)
    const chains = Array.from({ length: 4 }, (_, model) =>
      Array.from({ length: 5 }, (_, ifRevision) =>
        store.commit([put(`model-${model}`, ifRevision, 'Pending')]),
      ),
    )
    const outcomes = (await Promise.all(chains.flat())).flat()
    expect(outcomes.map(({ applied }: CommitOutcome) => applied)).toEqual(outcomes.map(() => true))
    const writers = await tests.sql(`SELECT DISTINCT writer FROM ${schema}.history`)
    expect(writers).toHaveLength(2)
    await store.close()
  })
})

/** A registration, a change or a removal, which mostly fits what is there. */
async function chooseCommit(store: CatalogStore, random: () => number, number: number): Promise<Commit> {
  const id = IDS[Math.floor(random() * IDS.length)] ?? 'a'
  const revision = (await store.get(parseModelId(id)))?.revision ?? 0
  const ifRevision = random() < 0.8 ? revision : Math.max(0, revision - 1)
  if (ifRevision > 0 && random() < 0.3)
    return { operation: 'remove', changes: [{ id: parseModelId(id), ifRevision, entry: null }] }
  const state = LIFECYCLE_STATES[Math.floor(random() * LIFECYCLE_STATES.length)] ?? 'Pending'
  return put(id, ifRevision, state, `name ${number}`)
}

function put(id: string, ifRevision: number, state: LifecycleState, name = id): Commit {
  const entry = sampleEntry({ id, name, state })
  return {
    operation: ifRevision === 0 ? 'register' : 'NOT A WORD',
    changes: [{ id: entry.id, ifRevision, entry }],
  }
}

/** All that a store tells of its catalog, without times. */
async function tellAll(store: CatalogStore): Promise<object> {
  const changes = await store.changes(0)
  return {
    entries: await store.list({}),
    names: await store.list({ order: '-name' }),
    counts: await store.counts(),
    totals: await store.totals(),
    removed: await store.removed(),
    changes: changes.map(({ at: _at, ...change }) => change),
  }
}

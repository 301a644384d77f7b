import assert from 'node:assert/strict'
import { buildSampleStore } from '@catalog/testkit/layouts'
import { Given, Then } from '@cucumber/cucumber'
import type { LifecycleState } from 'model-catalog'
import { OTHER_BYTES } from '../support/model-bytes.ts'
import { listTree } from '../support/tree.ts'
import { type CatalogWorld, digestOf } from '../support/world.ts'

Given('a store of {string}', async function (this: CatalogWorld, layout: string) {
  buildSampleStore(this.store, layout)
  await this.rememberStore()
})

Given(
  'a store of {string} with {string}',
  async function (this: CatalogWorld, layout: string, damage: string) {
    buildSampleStore(this.store, layout, damage)
    await this.rememberStore()
  },
)

Given('{string} is a store of {string}', function (this: CatalogWorld, path: string, layout: string) {
  buildSampleStore(this.pathOf(path), layout)
})

Then(
  'it has imported {int} model(s), all of them {state}',
  async function (this: CatalogWorld, count: number, state: LifecycleState) {
    const models = await this.catalog.list()
    assert.deepEqual(
      models.filter((model) => model.state !== state).map(({ id }) => id),
      [],
    )
    assert.equal(models.length, count)
  },
)

Then(
  'the digest of {string} comes from {word}',
  async function (this: CatalogWorld, id: string, origin: string) {
    const { stdout } = await this.run(`catalog show ${id} --json`)
    assert.equal(JSON.parse(stdout).digestOrigin, origin)
  },
)

Then('every model that is Active resolves to a path in the store', async function (this: CatalogWorld) {
  const models = await this.catalog.list({ state: 'Active' })
  for (const { id } of models) {
    const { stdout } = await this.run(`catalog resolve ${id}`)
    assert.ok(`${stdout.trimEnd()}/`.startsWith(`${this.store}/`), stdout)
  }
  assert.ok(models.length > 0, 'no model is Active')
})

Then('nothing in the store has changed', async function (this: CatalogWorld) {
  assert.deepEqual(await listTree(this.store), this.storeBefore)
})

Then('it tells of {string}', function (this: CatalogWorld, word: string) {
  const { stdout = '', stderr = '' } = this.command ?? {}
  assert.match(stdout + stderr, new RegExp(`\\[${word}\\]$`, 'mu'))
})

Then('it tells of nothing that cannot be imported', function (this: CatalogWorld) {
  assert.doesNotMatch(this.command?.stderr ?? '', /\[[a-z0-9-]+\]$/mu)
})

Then(
  'the {int} other model(s) are {state}',
  async function (this: CatalogWorld, count: number, state: LifecycleState) {
    const models = await this.catalog.list()
    assert.equal(models.filter((model) => model.state === state).length, count)
    assert.equal(models.length, count + 1)
  },
)

Then('its digest is that of the other bytes', async function (this: CatalogWorld) {
  assert.equal((await this.entryOf()).digest, digestOf(OTHER_BYTES))
})

Then('its history has its former digest too', async function (this: CatalogWorld) {
  const changes = await this.catalog.history.of(this.subject)
  const digests = new Set<string>(changes.flatMap(({ entry }) => entry?.digest ?? []))
  assert.equal(digests.size, 2)
  assert.ok(digests.has(digestOf(OTHER_BYTES)))
})

Then(
  '{string} and {string} have the same digest',
  async function (this: CatalogWorld, one: string, other: string) {
    assert.equal((await this.entryOf(one)).digest, (await this.entryOf(other)).digest)
  },
)

import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { LifecycleState } from 'model-catalog'
import { pickFields, readFields } from '../support/fields.ts'
import type { CatalogWorld } from '../support/world.ts'

Given('{string} was set to {state}', async function (this: CatalogWorld, id: string, state: LifecycleState) {
  this.subject = id
  await this.catalog.setState(id, state)
})

Given('{string} was removed', async function (this: CatalogWorld, id: string) {
  await this.catalog.remove(id)
})

When('{string} is set to {state}', async function (this: CatalogWorld, id: string, state: LifecycleState) {
  await this.attempt(() => this.catalog.setState(id, state))
})

When('{string} is removed', async function (this: CatalogWorld, id: string) {
  await this.attempt(() => this.catalog.remove(id))
})

When('{string} is set to the state {string}', async function (this: CatalogWorld, id: string, state: string) {
  await this.attempt(() => this.catalog.setState(id, state as LifecycleState))
})

When(
  '{string} is set to {state} only if it is at revision {int}',
  async function (this: CatalogWorld, id: string, state: LifecycleState, ifRevision: number) {
    await this.attempt(() => this.catalog.setState(id, state, { ifRevision }))
  },
)

When(
  '{string} is set to {state} by {string} because {string}',
  async function (this: CatalogWorld, id: string, state: LifecycleState, actor: string, reason: string) {
    await this.attempt(() => this.catalog.setState(id, state, { actor, reason }))
  },
)

Then('{string} is {state}', async function (this: CatalogWorld, id: string, state: LifecycleState) {
  assert.equal((await this.entryOf(id)).state, state)
})

Then(
  '{string} is {state} at revision {int}',
  async function (this: CatalogWorld, id: string, state: LifecycleState, revision: number) {
    const entry = await this.entryOf(id)
    assert.deepEqual([entry.state, entry.revision], [state, revision])
  },
)

Then(
  '{string} is {state}, one revision later',
  async function (this: CatalogWorld, id: string, state: LifecycleState) {
    const entry = await this.entryOf(id)
    const revision = this.before.models.find((model) => model.id === id)?.revision ?? 0
    assert.deepEqual([entry.state, entry.revision], [state, revision + 1])
  },
)

Then('{string} is not in the catalog', async function (this: CatalogWorld, id: string) {
  assert.equal(await this.catalog.get(id), undefined)
})

Then('its entry says:', async function (this: CatalogWorld, table: DataTable) {
  const expected = readFields(table, this.subject)
  assert.deepEqual(pickFields(await this.entryOf(), expected), expected)
})

Then('the last change in the history says:', async function (this: CatalogWorld, table: DataTable) {
  const expected = readFields(table)
  const change = (await this.catalog.history.changes()).at(-1)
  assert.ok(change, 'the history is empty')
  assert.deepEqual(pickFields(change, expected), expected)
})

import assert from 'node:assert/strict'
import { type DataTable, Then, When } from '@cucumber/cucumber'
import type { LifecycleState, ModelEntry } from 'model-catalog'
import { readFields } from '../support/fields.ts'
import type { CatalogWorld } from '../support/world.ts'

When('the model {string} is asked for', async function (this: CatalogWorld, id: string) {
  await ask(this, async () => {
    const entry = await this.catalog.get(id)
    return entry === undefined ? [] : [entry]
  })
})

When('the models named {string} are asked for', async function (this: CatalogWorld, name: string) {
  await ask(this, () => this.catalog.findByName(name))
})

When('the models that are {state} are asked for', async function (this: CatalogWorld, state: LifecycleState) {
  await ask(this, () => this.catalog.listByState(state))
})

When('the models are listed', async function (this: CatalogWorld) {
  await ask(this, () => this.catalog.list())
})

When('the models are listed with:', async function (this: CatalogWorld, table: DataTable) {
  await ask(this, () => this.catalog.list(readFields(table)))
})

When('{string} is located', async function (this: CatalogWorld, reference: string) {
  await ask(this, () => locate(this, reference))
})

When('the path of {string} is located', async function (this: CatalogWorld, id: string) {
  await ask(this, async () => locate(this, await this.catalog.modelPath(id)))
})

When('the catalog of {word} is asked for', async function (this: CatalogWorld, time: string) {
  await ask(this, () => this.catalog.history.stateAt(time))
})

Then('the model found was {state}', function (this: CatalogWorld, state: LifecycleState) {
  assert.deepEqual(
    foundBy(this).map((entry) => entry.state),
    [state],
  )
})

Then('these are found: {}', function (this: CatalogWorld, ids: string) {
  assert.deepEqual(
    foundBy(this).map(({ id }) => String(id)),
    ids.split(', '),
  )
})

Then('it is found with the name {string}', function (this: CatalogWorld, name: string) {
  assert.deepEqual(
    foundBy(this).map((entry) => entry.name),
    [name],
  )
})

Then('nothing is found', function (this: CatalogWorld) {
  assert.deepEqual(foundBy(this), [])
})

Then(
  'the counts say {int} for {state}',
  async function (this: CatalogWorld, count: number, state: LifecycleState) {
    assert.equal((await this.catalog.counts())[state], count)
  },
)

async function ask(world: CatalogWorld, query: () => Promise<readonly ModelEntry[]>): Promise<void> {
  world.found = await world.attempt(query)
}

async function locate({ catalog }: CatalogWorld, reference: string): Promise<readonly ModelEntry[]> {
  return (await catalog.locate(reference)).map(({ entry }) => entry)
}

function foundBy({ found }: CatalogWorld): readonly ModelEntry[] {
  assert.ok(found, 'nothing was asked for, or the question was refused')
  return found
}

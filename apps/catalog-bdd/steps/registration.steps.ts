import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { LifecycleState } from 'model-catalog'
import { bringModel } from '../support/bring-model.ts'
import { readFields } from '../support/fields.ts'
import { readContent } from '../support/model-bytes.ts'
import { type CatalogWorld, digestOf } from '../support/world.ts'

Given('an empty catalog', async function (this: CatalogWorld) {
  await this.openCatalog()
  assert.deepEqual(await this.catalog.list(), [])
})

Given('a registered model {string}', async function (this: CatalogWorld, id: string) {
  await this.register({ id })
})

Given('a model {string} from {string}', async function (this: CatalogWorld, id: string, source: string) {
  await this.register({ id, source })
})

Given(
  '{string} is registered with the digest of {content}',
  async function (this: CatalogWorld, id: string, content: string) {
    await this.register({ id, digest: digestOf(readContent(content, id)) })
  },
)

Given(
  '{string} is registered with a size of {int} bytes',
  async function (this: CatalogWorld, id: string, sizeBytes: number) {
    await this.register({ id, sizeBytes })
  },
)

Given(
  'a model {string} that is {state}',
  async function (this: CatalogWorld, id: string, state: LifecycleState) {
    await bringModel(this, { id }, state)
  },
)

Given('these models:', async function (this: CatalogWorld, table: DataTable) {
  for (const { id = '', name, state } of table.hashes()) {
    await bringModel(this, { id, name }, state as LifecycleState)
  }
})

When('{string} is registered', async function (this: CatalogWorld, id: string) {
  await this.attempt(() => this.register({ id }))
})

When('{string} is registered with:', async function (this: CatalogWorld, id: string, table: DataTable) {
  await this.attempt(() => this.register({ id, ...readFields(table, id) }))
})

Then('{string} can be registered', async function (this: CatalogWorld, id: string) {
  await this.register({ id })
  assert.equal((await this.entryOf(id)).revision, 1)
})

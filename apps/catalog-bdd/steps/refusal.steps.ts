import assert from 'node:assert/strict'
import { type DataTable, Then } from '@cucumber/cucumber'
import type { CatalogErrorCode } from 'model-catalog'
import { pickFields, readFields } from '../support/fields.ts'
import { readCommitLines } from '../support/journal.ts'
import type { CatalogWorld } from '../support/world.ts'

Then('it is refused with {code}:', function (this: CatalogWorld, code: CatalogErrorCode, table: DataTable) {
  const expected = readFields(table, this.subject)
  assert.deepEqual(pickFields(this.takeRefusal(code).details, expected), expected)
})

Then('it is refused with INVALID_INPUT for {string}', function (this: CatalogWorld, fields: string) {
  const { problems } = this.takeRefusal('INVALID_INPUT').details
  assert.deepEqual(problems.map(({ field }) => field).sort(), fields.split(', ').sort())
})

Then('no model has changed', async function (this: CatalogWorld) {
  assert.deepEqual(await this.catalog.list(), this.before.models)
})

Then(
  'its history tells of a verification that was unreadable, with {code}',
  async function (this: CatalogWorld, code: CatalogErrorCode) {
    const last = (await this.catalog.history.of(this.subject)).at(-1)
    assert.equal(last?.isUnchanged, true)
    assert.deepEqual([last?.verification?.outcome, last?.verification?.code], ['unreadable', code])
  },
)

Then('nothing was written', async function (this: CatalogWorld) {
  assert.deepEqual(await this.catalog.list(), this.before.models)
  assert.deepEqual(await readCommitLines(this.root), this.before.commitLines)
})

import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { CommittedChange } from 'model-catalog'
import { bytesOf } from '../support/model-bytes.ts'
import { type CatalogWorld, digestOf, SOURCE } from '../support/world.ts'

Given('the {participant} watches the catalog', async function (this: CatalogWorld, name: string) {
  await this.participant(name).call('watch', null)
})

Given(
  'the {participant} watches the catalog from the beginning',
  async function (this: CatalogWorld, name: string) {
    await this.participant(name).call('watch', 0)
  },
)

When('the provisioner takes in {string}', async function (this: CatalogWorld, id: string) {
  await this.attempt(async () => {
    const provisioner = this.participant('provisioner')
    await provisioner.call('register', { id, source: SOURCE, digest: digestOf(bytesOf(id)) })
    await provisioner.call('download', id, bytesOf(id).toString('base64'))
    await provisioner.call('verify', id)
  })
})

Then(
  'the {participant} is told of these changes, in this order:',
  async function (this: CatalogWorld, name: string, table: DataTable) {
    const told: (readonly unknown[])[] = []
    for (const _ of table.hashes()) {
      const change = (await this.participant(name).call('nextChange')) as CommittedChange
      told.push([change.operation, change.id, change.entry?.state])
    }
    assert.deepEqual(told, table.rows())
  },
)

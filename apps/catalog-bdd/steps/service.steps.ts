import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { pickFields, readFields } from '../support/fields.ts'
import { RunningService, type ServiceEvent } from '../support/service.ts'
import type { CatalogWorld } from '../support/world.ts'

const streams = new WeakMap<CatalogWorld, AsyncGenerator<ServiceEvent, void, undefined>>()
const exitCodes = new WeakMap<CatalogWorld, unknown>()

Given('the service runs', async function (this: CatalogWorld) {
  this.service = await RunningService.start(this.root)
})

Given(
  'a client has sent {word} {string} with:',
  async function (this: CatalogWorld, method: string, path: string, table: DataTable) {
    await serviceOf(this).send(method, path, readFields(table))
  },
)

Given('a client has sent {word} {string}', async function (this: CatalogWorld, method: string, path: string) {
  await serviceOf(this).send(method, path)
})

Given('a client follows the events of the service', async function (this: CatalogWorld) {
  streams.set(this, await serviceOf(this).follow())
})

When(
  'a client sends {word} {string} with:',
  async function (this: CatalogWorld, method: string, path: string, table: DataTable) {
    this.answer = await serviceOf(this).send(method, path, readFields(table))
  },
)

When(
  'a client sends {word} {string} for revision {int} with:',
  async function (this: CatalogWorld, method: string, path: string, revision: number, table: DataTable) {
    this.answer = await serviceOf(this).send(method, path, readFields(table), revision)
  },
)

When('a client sends {word} {string}', async function (this: CatalogWorld, method: string, path: string) {
  this.answer = await serviceOf(this).send(method, path)
})

When('the operator stops the service', async function (this: CatalogWorld) {
  exitCodes.set(this, await serviceOf(this).stop())
})

Then('the service answers {int}', function (this: CatalogWorld, status: number) {
  assert.equal(this.answer?.status, status, JSON.stringify(this.answer))
})

Then('the answer says:', function (this: CatalogWorld, table: DataTable) {
  const expected = readFields(table)
  assert.deepEqual(pickFields(this.answer?.body ?? {}, expected), expected)
})

Then(
  'the client hears of the change {string} of {string}',
  async function (this: CatalogWorld, operation: string, id: string) {
    const { value } = (await streams.get(this)?.next()) ?? {}
    assert.deepEqual([value?.data.operation, value?.data.id], [operation, id])
  },
)

Then('the stream of the client ends', async function (this: CatalogWorld) {
  assert.deepEqual(await streams.get(this)?.next(), { value: undefined, done: true })
})

Then('the service has ended with exit code {int}', function (this: CatalogWorld, exitCode: number) {
  assert.equal(exitCodes.get(this), exitCode)
})

function serviceOf({ service }: CatalogWorld): RunningService {
  assert.ok(service, 'no service was started')
  return service
}

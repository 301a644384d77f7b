import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { sampleGguf } from '@catalog/testkit/models'
import { After, type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { pickFields, readFields } from '../support/fields.ts'
import { ModelSource } from '../support/model-source.ts'
import { RunningProvisioner } from '../support/provisioner.ts'
import type { CatalogWorld } from '../support/world.ts'

const sources = new WeakMap<CatalogWorld, ModelSource>()
const provisioners = new WeakMap<CatalogWorld, RunningProvisioner>()

Given('a source that has the file of {string}', async function (this: CatalogWorld, id: string) {
  sources.set(this, await ModelSource.start())
  await registerFrom(this, id)
})

Given('the source cuts its next {int} answers', function (this: CatalogWorld, cuts: number) {
  sourceOf(this).cuts = cuts
})

Given('the source no longer has the file', function (this: CatalogWorld) {
  sourceOf(this).files.clear()
})

Given('the source is busy', function (this: CatalogWorld) {
  sourceOf(this).isBusy = true
})

Given('the source has other bytes by now', function (this: CatalogWorld) {
  const { files } = sourceOf(this)
  for (const id of files.keys()) files.set(id, sampleGguf(`another ${id}`))
})

Given('the provisioner follows the catalog', async function (this: CatalogWorld) {
  const provisioner = await start(this, ['follow', '--allow-private'])
  assert.deepEqual(await provisioner.line(), { event: 'following' })
  // What was Pending already.
  assert.equal((await provisioner.line())['state'], 'Active')
})

When('the operator runs the provisioner for {string}', async function (this: CatalogWorld, id: string) {
  await start(this, ['job', id, '--allow-private'])
})

When(
  'the operator runs the provisioner for {string} with {string}',
  async function (this: CatalogWorld, id: string, options: string) {
    await start(this, ['job', id, '--allow-private', ...options.split(' ')])
  },
)

When(
  'the operator runs the provisioner for {string}, which may ask public addresses only',
  async function (this: CatalogWorld, id: string) {
    await start(this, ['job', id])
  },
)

When('{string} is registered, whose file the source has', async function (this: CatalogWorld, id: string) {
  await registerFrom(this, id)
})

Then('the provisioner has ended with exit code {int}', async function (this: CatalogWorld, exitCode: number) {
  assert.equal(await provisionerOf(this).exitCode, exitCode)
})

Then('the provisioner says:', async function (this: CatalogWorld, table: DataTable) {
  const expected = readFields(table)
  assert.deepEqual(pickFields(await provisionerOf(this).line(), expected), expected)
})

Then(
  '{string} failed to download once, of {string}',
  async function (this: CatalogWorld, id: string, problem: string) {
    await provisionerOf(this).exitCode
    const { failedDownload } = await this.entryOf(id)
    assert.deepEqual([failedDownload?.attempts, failedDownload?.problem], [1, problem])
  },
)

After(async function (this: CatalogWorld) {
  await provisioners.get(this)?.kill()
  await sources.get(this)?.stop()
})

async function registerFrom(world: CatalogWorld, id: string): Promise<void> {
  const source = sourceOf(world)
  const bytes = sampleGguf(id)
  source.files.set(id, bytes)
  const digest = createHash('sha256').update(bytes).digest('hex')
  await world.catalog.register({ id, source: source.urlOf(id), digest })
}

async function start(world: CatalogWorld, args: readonly string[]): Promise<RunningProvisioner> {
  const provisioner = await RunningProvisioner.start(world.root, args)
  provisioners.set(world, provisioner)
  return provisioner
}

function sourceOf(world: CatalogWorld): ModelSource {
  const source = sources.get(world)
  assert.ok(source, 'the scenario has no source')
  return source
}

function provisionerOf(world: CatalogWorld): RunningProvisioner {
  const provisioner = provisioners.get(world)
  assert.ok(provisioner, 'no provisioner was started')
  return provisioner
}

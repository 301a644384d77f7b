import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import type { LifecycleState, UpkeepPlan } from 'model-catalog'
import { bytesOf } from '../support/model-bytes.ts'
import type { CatalogWorld } from '../support/world.ts'

Given(
  'the file {string} was moved to {string}',
  async function (this: CatalogWorld, from: string, to: string) {
    await mkdir(dirname(this.pathOf(to)), { recursive: true })
    await rename(this.pathOf(from), this.pathOf(to))
  },
)

Given('the file {string} was deleted', async function (this: CatalogWorld, name: string) {
  await rm(this.pathOf(name))
})

Given('what can be collected was planned', async function (this: CatalogWorld) {
  this.plan = await this.catalog.upkeep.collect()
})

Given(
  '{string} was set to {state} again',
  async function (this: CatalogWorld, id: string, state: LifecycleState) {
    await this.catalog.setState(id, state)
  },
)

Given(
  'a second model {string} of the same bytes that is Active',
  async function (this: CatalogWorld, id: string) {
    const [first] = await this.catalog.list()
    await this.register({ id })
    await this.download(id, bytesOf(first?.id ?? ''))
    await this.catalog.verify(id)
  },
)

When('equal files are made to share their bytes', async function (this: CatalogWorld) {
  await applyPlan(this, () => this.catalog.upkeep.dedupe())
})

When('equal files are made to share their bytes by hard links', async function (this: CatalogWorld) {
  await applyPlan(this, () => this.catalog.upkeep.dedupe({ method: 'hard-link' }))
})

Then('{string} and {string} are one file', function (this: CatalogWorld, first: string, second: string) {
  const [a, b] = [statSync(this.pathOf(first)), statSync(this.pathOf(second))]
  assert.deepEqual([a.dev, a.ino], [b.dev, b.ino])
})

Then('both models may be served', async function (this: CatalogWorld) {
  const models = await this.catalog.list()
  assert.equal(models.length, 2)
  for (const { id } of models) assert.equal((await this.catalog.resolve(id)).id, id)
})

When('the models are audited', async function (this: CatalogWorld) {
  this.audited = await this.attempt(() => this.catalog.upkeep.audit())
})

When('what the doctor says is applied', async function (this: CatalogWorld) {
  await applyPlan(this, () => this.catalog.upkeep.doctor())
})

When('what can be collected is removed', async function (this: CatalogWorld) {
  await applyPlan(this, () => this.catalog.upkeep.collect())
})

When('the plan is applied', async function (this: CatalogWorld) {
  const { plan } = this
  assert.ok(plan, 'no step has made a plan')
  await applyPlan(this, async () => plan)
})

Then(
  'the audit found {int} right and {int} wrong',
  function (this: CatalogWorld, right: number, wrong: number) {
    assert.deepEqual([this.audited?.right, this.audited?.wrong.length], [right, wrong])
  },
)

Then('the doctor has nothing more to do', async function (this: CatalogWorld) {
  assert.deepEqual((await this.catalog.upkeep.doctor()).actions, [])
})

Then("the plan's action was skipped", function (this: CatalogWorld) {
  assert.deepEqual([this.applied?.done.length, this.applied?.skipped.length], [0, 1])
})

Then('the file {string} is gone', function (this: CatalogWorld, name: string) {
  assert.ok(!existsSync(this.pathOf(name)))
})

async function applyPlan(world: CatalogWorld, make: () => Promise<UpkeepPlan>): Promise<void> {
  world.applied = await world.attempt(async () => world.catalog.upkeep.apply(await make()))
}

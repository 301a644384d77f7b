import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { buildSampleStore } from '@catalog/testkit/layouts'
import { lacks, realFile } from '@catalog/testkit/running'
import { type DataTable, Given, Then } from '@cucumber/cucumber'
import type { LifecycleState } from 'model-catalog'
import { readCommitLines } from '../support/journal.ts'
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

Given('the stores that the script {string} builds', async function (this: CatalogWorld, script: string) {
  if (lacks('shared-data')) return 'skipped'
  execFileSync(process.execPath, [realFile(`../${script}`), this.store])
  await this.rememberStore()
  return undefined
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

Then('the digests of the models come from:', async function (this: CatalogWorld, table: DataTable) {
  const models = await this.catalog.list()
  assert.deepEqual(
    Object.fromEntries(models.map(({ id, digestOrigin }) => [id, digestOrigin])),
    table.rowsHash(),
  )
})

Then('{string} resolves to a path in the store', async function (this: CatalogWorld, id: string) {
  const { stdout } = await this.run(`catalog resolve ${id}`)
  assert.ok(`${stdout.trimEnd()}/`.startsWith(`${this.store}/`), stdout)
})

Then(
  '`catalog ls` lists {int} model(s) with files in order',
  async function (this: CatalogWorld, count: number) {
    const { stdout } = await this.run('catalog ls --check --json')
    const listed: readonly ListedModel[] = JSON.parse(stdout).models
    assert.equal(listed.length, count)
    assert.deepEqual(
      listed.filter(({ standing }) => standing.kind !== 'in-order'),
      [],
    )
  },
)

Then(
  'the same command tells of {string} again, and writes nothing',
  async function (this: CatalogWorld, word: string) {
    await runAgain(this)
    assertTold(this, word)
  },
)

Then('the same command writes nothing', async function (this: CatalogWorld) {
  await runAgain(this)
})

Then('nothing in the store has changed', async function (this: CatalogWorld) {
  assert.deepEqual(await listTree(this.store), this.storeBefore)
})

Then('it tells of {string}', function (this: CatalogWorld, word: string) {
  assertTold(this, word)
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

interface ListedModel {
  readonly id: string
  readonly standing: { readonly kind: string }
}

/** Runs the command of the When once more. */
async function runAgain(world: CatalogWorld): Promise<void> {
  const [models, lines] = [await world.catalog.list(), await readCommitLines(world.root)]
  await world.run(world.attempted)
  assert.deepEqual(await world.catalog.list(), models)
  assert.deepEqual(await readCommitLines(world.root), lines)
}

function assertTold({ command }: CatalogWorld, word: string): void {
  const { stdout = '', stderr = '' } = command ?? {}
  assert.match(stdout + stderr, new RegExp(`\\[${word}\\]$`, 'mu'))
}

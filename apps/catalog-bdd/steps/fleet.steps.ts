import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, TestDatabase } from '@catalog/testkit/running'
import { AfterAll, Given, Then, When } from '@cucumber/cucumber'
import { CommandFailure, type CommandResult, runCatalog } from '../support/command.ts'
import type { CatalogWorld } from '../support/world.ts'

let database: TestDatabase | undefined

AfterAll(() => database?.close())

/** The store that the machines of the scenario share. */
const stores = new WeakMap<CatalogWorld, string>()

Given('two machines that share a catalog in a database', async function (this: CatalogWorld) {
  if (lacks('database')) return 'skipped'
  database ??= await TestDatabase.open()
  stores.set(this, database.newStore())
  return undefined
})

Given(
  /^machine ([AB]) has the model file "(.*)"$/u,
  async function (this: CatalogWorld, machine: string, name: string) {
    await writeModel(this, machine, name, sampleGguf(name))
  },
)

Given(
  /^machine ([AB]) has the model file "(.*)" with one wrong byte$/u,
  async function (this: CatalogWorld, machine: string, name: string) {
    const bytes = sampleGguf(name)
    bytes[bytes.length - 1] = 255 - (bytes.at(-1) ?? 0)
    await writeModel(this, machine, name, bytes)
  },
)

Given(
  /^machine ([AB]) has found out with `(.*)` that its file is wrong$/u,
  async function (this: CatalogWorld, machine: string, line: string) {
    const failure = await runOn(this, machine, line).catch((error: unknown) => error)
    assert.ok(failure instanceof CommandFailure, String(failure))
    assert.match(failure.result.stderr, /\[DIGEST_MISMATCH\]/u)
  },
)

Given(/^machine ([AB]) has run `(.*)`$/u, async function (this: CatalogWorld, machine: string, line: string) {
  await runOn(this, machine, line)
})

When(/^machine ([AB]) runs `(.*)`$/u, async function (this: CatalogWorld, machine: string, line: string) {
  await this.attempt(() => runOn(this, machine, line))
})

Then(
  /^machine ([AB]) prints with `(.*)` the line "(.*)"$/u,
  async function (this: CatalogWorld, machine: string, line: string, expected: string) {
    const { stdout } = await runOn(this, machine, line)
    assert.deepEqual(stdout.trimEnd().split('\n'), [expected])
  },
)

Then(
  /^machine ([AB]) serves "(.*)" from its own root$/u,
  async function (this: CatalogWorld, machine: string, id: string) {
    const { stdout } = await runOn(this, machine, `catalog resolve ${id}`)
    assert.ok(stdout.startsWith(join(directoryOf(this, machine), 'models')), stdout)
  },
)

Then(
  /^machine ([AB]) does not serve "(.*)"$/u,
  async function (this: CatalogWorld, machine: string, id: string) {
    const failure = await runOn(this, machine, `catalog resolve ${id}`).catch((error: unknown) => error)
    assert.ok(failure instanceof CommandFailure, String(failure))
    assert.match(failure.result.stderr, /\[NOT_USABLE\]/u)
  },
)

Then(
  /^machine ([AB]) is refused with (.*): "(.*)"$/u,
  function (this: CatalogWorld, _machine: string, code: string, text: string) {
    const failure = this.takeError()
    assert.ok(failure instanceof CommandFailure, String(failure))
    const { stderr } = failure.result
    for (const expected of [`[${code}]`, text]) assert.ok(stderr.includes(expected), stderr)
  },
)

Then(
  /^both stores of machine ([AB]) have the same history of "(.*)"$/u,
  async function (this: CatalogWorld, machine: string, id: string) {
    const line = `catalog history ${id} --json`
    const [there, here] = [await runOn(this, machine, line), await runOn(this, machine, `${line} --store fs`)]
    assert.deepEqual(JSON.parse(there.stdout), JSON.parse(here.stdout))
  },
)

async function writeModel(
  world: CatalogWorld,
  machine: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const root = join(directoryOf(world, machine), 'models')
  await mkdir(root, { recursive: true })
  await writeFile(join(root, name), bytes)
}

/** Runs a command in the directory of a machine; STORE is the database. */
async function runOn(world: CatalogWorld, machine: string, line: string): Promise<CommandResult> {
  const store = stores.get(world) ?? ''
  const directory = directoryOf(world, machine)
  await mkdir(directory, { recursive: true })
  const result = await runCatalog(line.replace('STORE', store), {
    ...{ directory, root: join(directory, 'models') },
    environment: { CATALOG_STORE: store, CATALOG_NODE: `machine-${machine.toLowerCase()}` },
  })
  if (result.exitCode !== 0) throw new CommandFailure(line, result)
  return result
}

function directoryOf(world: CatalogWorld, machine: string): string {
  return world.pathOf(`machine-${machine.toLowerCase()}`)
}

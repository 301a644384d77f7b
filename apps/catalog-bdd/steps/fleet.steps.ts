import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks, PostgresServer } from '@catalog/testkit/running'
import { AfterAll, Given, Then, When } from '@cucumber/cucumber'
import { CommandFailure, type CommandResult, runCatalog } from '../support/command.ts'
import type { CatalogWorld } from '../support/world.ts'

let server: PostgresServer | undefined
let schemas = 0

AfterAll(() => server?.stop())

/** The store that the machines of the scenario share. */
const stores = new WeakMap<CatalogWorld, string>()

Given('two machines that share a catalog in a database', async function (this: CatalogWorld) {
  if (lacks('postgres')) return 'skipped'
  server ??= await PostgresServer.start()
  schemas += 1
  stores.set(this, `${server.connectionString}?schema=fleet_${schemas}`)
  return undefined
})

Given(
  /^machine ([AB]) has the model file "(.*)"$/u,
  async function (this: CatalogWorld, machine: string, name: string) {
    const root = join(directoryOf(this, machine), 'models')
    await mkdir(root, { recursive: true })
    await writeFile(join(root, name), sampleGguf(name))
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
  /^both stores of machine ([AB]) have the same history of "(.*)"$/u,
  async function (this: CatalogWorld, machine: string, id: string) {
    const line = `catalog history ${id} --json`
    const [there, here] = [await runOn(this, machine, line), await runOn(this, machine, `${line} --store fs`)]
    assert.deepEqual(JSON.parse(there.stdout), JSON.parse(here.stdout))
  },
)

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

import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { CommandFailure, type CommandResult, type RunningCommand } from '../support/command.ts'
import { pickFields, readFields } from '../support/fields.ts'
import type { CatalogWorld } from '../support/world.ts'

Given(/^the operator has run `(.*)`$/u, async function (this: CatalogWorld, line: string) {
  await this.run(line)
})

Given(/^the operator watches with `(.*)`$/u, async function (this: CatalogWorld, line: string) {
  await this.watch(line)
})

Given('the watching program has printed {string}', async function (this: CatalogWorld, text: string) {
  await watchedBy(this).hasPrinted(text)
})

When(/^the operator runs `(.*)`$/u, async function (this: CatalogWorld, line: string) {
  this.attempted = line
  await this.attempt(() => this.run(line))
})

When(
  /^the operator runs `(.*)`, and pipes "(.*)" to it$/u,
  async function (this: CatalogWorld, line: string, input: string) {
    await this.attempt(() => this.run(line, { input }))
  },
)

When(
  /^the operator runs `(.*)` with (CATALOG_[A-Z]+) "(.*)"$/u,
  async function (this: CatalogWorld, line: string, variable: string, value: string) {
    await this.attempt(() => this.run(line, { environment: { [variable]: value } }))
  },
)

When(/^the operator runs `(.*)` twice at the same time$/u, async function (this: CatalogWorld, line: string) {
  await this.attempt(() => Promise.all([this.run(line), this.run(line)]))
})

When('the operator presses Ctrl-C', function (this: CatalogWorld) {
  watchedBy(this).interrupt()
})

Then(
  'the watching program has ended with exit code {int}',
  async function (this: CatalogWorld, code: number) {
    assert.equal((await watchedBy(this).ended).exitCode, code)
  },
)

Then('it ends with exit code {int}', function (this: CatalogWorld, exitCode: number) {
  const error = this.takeError()
  assert.ok(error instanceof CommandFailure, String(error))
  assert.equal(error.result.exitCode, exitCode, error.message)
})

Then('it prints a table with these columns:', function (this: CatalogWorld, table: DataTable) {
  const [titles = [], ...rows] = toLines(ranBy(this)).map((line) => line.split(/ {2,}/u))
  const [wanted = [], ...expected] = table.raw()
  const columns = wanted.map((title) => titles.indexOf(title))
  const found = rows.map((row) => columns.map((column) => row[column]))
  assert.deepEqual(found.slice(0, expected.length), expected)
})

Then('it prints these fields:', function (this: CatalogWorld, table: DataTable) {
  const fields = new Map(toLines(ranBy(this)).map((line) => toField(line)))
  for (const [name = '', value] of table.raw()) assert.equal(fields.get(name), value)
})

Then('it prints exactly:', function (this: CatalogWorld, text: string) {
  assert.equal(ranBy(this).stdout, `${text}\n`)
})

Then('it prints JSON whose model says:', function (this: CatalogWorld, table: DataTable) {
  const expected = readFields(table)
  assert.deepEqual(pickFields(JSON.parse(ranBy(this).stdout), expected), expected)
})

Then('it prints nothing', function (this: CatalogWorld) {
  assert.equal(ranBy(this).stdout, '')
})

Then('it prints {string}', function (this: CatalogWorld, text: string) {
  assert.ok(ranBy(this).stdout.includes(text), ranBy(this).stdout)
})

Then('its standard error has {string}', function (this: CatalogWorld, text: string) {
  assert.ok(ranBy(this).stderr.includes(text), ranBy(this).stderr)
})

Then('it prints neither {string} nor {string}', function (this: CatalogWorld, one: string, other: string) {
  const { stdout, stderr } = ranBy(this)
  for (const secret of [one, other]) assert.ok(!(stdout + stderr).includes(secret), `it prints ${secret}`)
})

function ranBy({ command }: CatalogWorld): CommandResult {
  assert.ok(command, 'no command was run')
  return command
}

function watchedBy({ watched }: CatalogWorld): RunningCommand {
  assert.ok(watched, 'the operator does not watch')
  return watched
}

function toLines({ stdout }: CommandResult): readonly string[] {
  return stdout.trimEnd().split('\n')
}

function toField(line: string): readonly [name: string, value: string] {
  const [name = '', ...value] = line.split(/ {2,}/u)
  return [name, value.join('  ')]
}

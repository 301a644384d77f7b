import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { type CatalogErrorCode, repairCatalog } from 'model-catalog'
import { pickFields, readFields, readValue } from '../support/fields.ts'
import { listSegments, readCommitLines } from '../support/journal.ts'
import type { CatalogWorld } from '../support/world.ts'

interface View {
  readonly models: readonly Readonly<Record<string, unknown>>[]
}

Given('a directory with this catalog.json:', async function (this: CatalogWorld, text: string) {
  await mkdir(this.root, { recursive: true })
  await writeFile(viewOf(this), text)
  this.bytes = Buffer.from(text)
})

Given('the catalog was opened', async function (this: CatalogWorld) {
  await this.openCatalog()
})

Given('the catalog was closed', async function (this: CatalogWorld) {
  await this.closeCatalog()
})

Given('the catalog was closed and opened again', async function (this: CatalogWorld) {
  await this.closeCatalog()
  await this.openCatalog()
})

Given('the journal ends in the middle of a record', async function (this: CatalogWorld) {
  const [line = ''] = await readCommitLines(this.root)
  const unfinished = line.replaceAll('llama-3.1-8b', 'never-acknowledged').slice(0, line.length / 2)
  await appendFile(await journalOf(this), `\n${unfinished}`)
})

Given("a byte of the journal's first record is changed", async function (this: CatalogWorld) {
  const path = await journalOf(this)
  const text = await readFile(path, 'utf8')
  const damaged = text.replace('"register"', '"registfr"')
  assert.notEqual(damaged, text)
  await writeFile(path, damaged)
  this.bytes = Buffer.from(damaged)
})

Given(
  /^the name of "(.*)" was changed to "(.*)" in catalog\.json(, with an extra comma)?$/u,
  async function (this: CatalogWorld, id: string, name: string, slip: string | null) {
    const { models, ...rest } = await readView(this)
    const edited = models.map((model) => (model['id'] === id ? { ...model, name } : model))
    const text = JSON.stringify({ ...rest, models: edited }, undefined, 2)
    const line = JSON.stringify(name)
    this.bytes = Buffer.from(slip === null ? text : text.replace(line, `${line},`))
    await writeFile(viewOf(this), this.bytes)
  },
)

Given('.catalog was copied away', async function (this: CatalogWorld) {
  await cp(join(this.root, '.catalog'), join(this.root, 'copy'), { recursive: true })
})

Given('the copy of .catalog was put back', async function (this: CatalogWorld) {
  await rm(join(this.root, '.catalog'), { recursive: true })
  await cp(join(this.root, 'copy'), join(this.root, '.catalog'), { recursive: true })
})

Given(
  "the journal's last record puts its model into the state {string}, with the right checksum",
  async function (this: CatalogWorld, state: string) {
    const path = await journalOf(this)
    const text = await readFile(path, 'utf8')
    const last = (await readCommitLines(this.root)).at(-1) ?? ''
    const json = last.slice(last.indexOf('{')).replace('"state":"Pending"', `"state":"${state}"`)
    const checksum = createHash('sha256').update(json).digest('hex').slice(0, 32)
    // The mark behind it builds on the record as it was.
    await writeFile(path, `${text.slice(0, text.indexOf(last))}${checksum} ${json}\n`)
  },
)

When('the catalog is repaired and opened', async function (this: CatalogWorld) {
  await this.attempt(async () => {
    await repairCatalog(this.root)
    await this.openCatalog()
  })
})

When('the catalog is opened', async function (this: CatalogWorld) {
  await this.attempt(() => this.openCatalog())
})

When('the catalog is closed', async function (this: CatalogWorld) {
  await this.attempt(() => this.closeCatalog())
})

When('the catalog is closed and opened again', async function (this: CatalogWorld) {
  await this.attempt(async () => {
    await this.closeCatalog()
    await this.openCatalog()
  })
})

Then(
  'catalog.json has a model with exactly these fields first, in this order:',
  async function (this: CatalogWorld, text: string) {
    const fields = Object.entries<string | null>(JSON.parse(text))
    const expected = fields.map(([name, value]) => [name, value && readValue(value, this.subject)])
    const [model = {}] = (await readView(this)).models
    assert.deepEqual(Object.entries(model).slice(0, expected.length), expected)
  },
)

Then('it is indented by two spaces', async function (this: CatalogWorld) {
  const text = await readFile(viewOf(this), 'utf8')
  assert.equal(text, `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`)
})

Then('catalog.json has these fields:', async function (this: CatalogWorld, table: DataTable) {
  const expected = readFields(table)
  assert.deepEqual(pickFields(await readView(this), expected), expected)
})

Then(
  'its model {string} has these fields:',
  async function (this: CatalogWorld, id: string, table: DataTable) {
    const expected = readFields(table)
    const model = (await readView(this)).models.find((each) => each['id'] === id)
    assert.ok(model, `catalog.json has no ${id}`)
    assert.deepEqual(pickFields(model, expected), expected)
  },
)

Then('it is refused with {code}, naming catalog.json', function (this: CatalogWorld, code: CatalogErrorCode) {
  assert.equal(Reflect.get(this.takeRefusal(code).details, 'path'), viewOf(this))
})

Then(
  'it is refused with {code}, naming the journal',
  async function (this: CatalogWorld, code: CatalogErrorCode) {
    assert.equal(Reflect.get(this.takeRefusal(code).details, 'path'), await journalOf(this))
  },
)

Then(
  'it is refused with {code}, naming the line of that comma',
  function (this: CatalogWorld, code: CatalogErrorCode) {
    const [before = ''] = String(this.bytes).split(',,')
    const [place] = Reflect.get(this.takeRefusal(code).details, 'places')
    assert.equal(place.line, before.split('\n').length)
  },
)

Then('the catalog opens once that comma is gone', async function (this: CatalogWorld) {
  await writeFile(viewOf(this), String(this.bytes).replace(',,', ','))
  await this.openCatalog()
})

Then('a file beside catalog.json still shows {string}', async function (this: CatalogWorld, id: string) {
  const [kept = ''] = (await readdir(this.root)).filter((name) => name.startsWith('catalog.json.broken-'))
  assert.ok((await readFile(join(this.root, kept), 'utf8')).includes(id))
})

Then('catalog.json is untouched', async function (this: CatalogWorld) {
  assert.deepEqual(await readFile(viewOf(this)), this.bytes)
})

Then('the journal is untouched', async function (this: CatalogWorld) {
  assert.deepEqual(await readFile(await journalOf(this)), this.bytes)
})

Then('the directory holds nothing else', async function (this: CatalogWorld) {
  assert.deepEqual(await readdir(this.root), ['catalog.json'])
})

function viewOf({ root }: CatalogWorld): string {
  return join(root, 'catalog.json')
}

async function readView(world: CatalogWorld): Promise<View> {
  return JSON.parse(await readFile(viewOf(world), 'utf8'))
}

/** The journal of a catalog that is small enough to have one segment. */
async function journalOf({ root }: CatalogWorld): Promise<string> {
  const [path, ...others] = await listSegments(root)
  assert.ok(path !== undefined && others.length === 0, 'the journal is not one file')
  return path
}

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { sampleGgufHead } from '@catalog/testkit/models'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { CatalogErrorCode } from 'model-catalog'
import { pickFields, readFields } from '../support/fields.ts'
import { bytesOf, readContent } from '../support/model-bytes.ts'
import { type CatalogWorld, NODE } from '../support/world.ts'

/** What may stand at a model's path instead of its file. */
const PUT: Readonly<Record<string, (path: string) => unknown>> = {
  nothing: () => undefined,
  'a directory': (path) => mkdir(path),
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'a symbolic link': async (path) => {
    await writeFile(`${path}.target`, bytesOf('linked'))
    await symlink(`${path}.target`, path)
  },
}

const MIB = 1 << 20

Given('its file holds {content}', async function (this: CatalogWorld, content: string) {
  await this.download(this.subject, readContent(content, this.subject))
})

// A small file is read in one go, and nothing happens meanwhile.
Given('its file holds a model of {int} MiB', async function (this: CatalogWorld, sizeMiB: number) {
  const sizeBytes = sizeMiB * MIB
  const path = await this.download(this.subject, sampleGgufHead(this.subject, { sizeBytes }))
  truncateSync(path, sizeBytes)
})

Given('its file is fetched again, without fault', async function (this: CatalogWorld) {
  await this.download(this.subject, bytesOf(this.subject))
})

Given('at its path there is {}', async function (this: CatalogWorld, what: string) {
  const put = PUT[what]
  assert.ok(put, `no step knows how to put ${what} there`)
  await put(await this.catalog.modelPath(this.subject))
})

Given('the time is {word}', function (this: CatalogWorld, time: string) {
  this.now = new Date(time).toISOString()
})

Given('it was verified', async function (this: CatalogWorld) {
  await this.catalog.verify(this.subject)
})

Given('{string} was verified without a declared digest', async function (this: CatalogWorld, id: string) {
  await this.register({ id })
  await this.download(id, bytesOf(id))
  await this.catalog.verify(id)
})

When('{string} is verified', async function (this: CatalogWorld, id: string) {
  await this.attempt(() => this.catalog.verify(id))
})

When('{string} is verified at {string}', async function (this: CatalogWorld, id: string, path: string) {
  await this.attempt(() => this.catalog.verify(id, this.pathOf(path)))
})

When(
  '{string} is verified while a download goes on writing its file',
  async function (this: CatalogWorld, id: string) {
    const path = await this.catalog.modelPath(id)
    const append = once(() => appendFileSync(path, bytesOf('more of it')))
    await this.attempt(() => this.catalog.verify(id, undefined, { onProgress: append }))
  },
)

When(
  '{string} is verified while another file is renamed to its path',
  async function (this: CatalogWorld, id: string) {
    const path = await this.catalog.modelPath(id)
    const replace = once(() => {
      writeFileSync(`${path}.part`, bytesOf('another model'))
      renameSync(`${path}.part`, path)
    })
    await this.attempt(() => this.catalog.verify(id, undefined, { onProgress: replace }))
  },
)

When('{string} is verified and cancelled midway', async function (this: CatalogWorld, id: string) {
  const patience = new AbortController()
  const options = { signal: patience.signal, onProgress: () => patience.abort() }
  await this.attempt(() => this.catalog.verify(id, undefined, options))
})

Then('it is cancelled', function (this: CatalogWorld) {
  const error = this.takeError()
  assert.ok(error instanceof DOMException, String(error))
  assert.equal(error.name, 'AbortError')
})

Then(
  'it is refused with {code}, naming its path',
  async function (this: CatalogWorld, code: CatalogErrorCode) {
    const details = this.takeRefusal(code).details
    assert.equal(Reflect.get(details, 'path'), await this.catalog.modelPath(this.subject))
  },
)

Then('it was verified at {word}', async function (this: CatalogWorld, time: string) {
  assert.equal((await this.entryOf()).verifiedAt, new Date(time).toISOString())
})

Then('it was never verified', async function (this: CatalogWorld) {
  assert.equal((await this.entryOf()).verifiedAt, null)
})

Then("this machine's evidence for it says:", async function (this: CatalogWorld, table: DataTable) {
  const expected = readFields(table, this.subject)
  const evidence = Object.values((await this.entryOf()).evidence ?? {}).find(({ node }) => node === NODE)
  assert.ok(evidence, 'this machine has no evidence')
  assert.deepEqual(pickFields(evidence, expected), expected)
})

Then('its failure says:', async function (this: CatalogWorld, table: DataTable) {
  const expected = readFields(table, this.subject)
  const { failure } = await this.entryOf()
  assert.ok(failure, 'it has no failure')
  assert.deepEqual(pickFields(failure, expected), expected)
})

Then('it has no failure', async function (this: CatalogWorld) {
  assert.equal((await this.entryOf()).failure, undefined)
})

/** Progress is reported several times; the world changes once. */
function once(change: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) change()
    isDone = true
  }
}

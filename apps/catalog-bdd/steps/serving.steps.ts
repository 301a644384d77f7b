import assert from 'node:assert/strict'
import { mkdirSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { Given, Then, When } from '@cucumber/cucumber'
import { type CatalogErrorCode, openCatalog } from 'model-catalog'
import { readContent } from '../support/model-bytes.ts'
import type { CatalogWorld } from '../support/world.ts'

/** Where the directory of a disk that is not mounted is meanwhile: outside the root. */
const AWAY = 'unplugged'
const DAY_MS = 24 * 60 * 60 * 1000

Given('a catalog that asks for declared digests', async function (this: CatalogWorld) {
  await this.openCatalog({ policy: { requireDeclaredDigest: true } })
})

Given(
  'a catalog that takes evidence of the last {int} days',
  async function (this: CatalogWorld, days: number) {
    await this.openCatalog({ policy: { maxEvidenceAgeMs: days * DAY_MS } })
  },
)

Given('a catalog that also searches {string}', async function (this: CatalogWorld, directory: string) {
  await this.openCatalog({ searchRoots: [this.pathOf(directory)] })
})

Given('a catalog that takes links inside its root', async function (this: CatalogWorld) {
  await this.openCatalog({ symlinks: 'inside' })
})

Given('{int} days have passed', function (this: CatalogWorld, days: number) {
  this.now = new Date(Date.parse(this.now) + days * DAY_MS).toISOString()
})

Given('its digest was declared afterwards', async function (this: CatalogWorld) {
  await this.catalog.update(this.subject, { digest: (await this.entryOf()).digest })
})

Given('{content} took the place of its file', async function (this: CatalogWorld, content: string) {
  replaceFile(await this.catalog.modelPath(this.subject), readContent(content, this.subject))
})

// Renaming a directory leaves the files in it as they are, as unmounting a disk does.
Given('{string} is not mounted for a while', function (this: CatalogWorld, directory: string) {
  renameSync(this.pathOf(directory), this.pathOf(AWAY))
})

// The mount point is another directory than that of the disk.
Given(
  '{string} is not mounted, and its mount point is empty',
  function (this: CatalogWorld, directory: string) {
    renameSync(this.pathOf(directory), this.pathOf(AWAY))
    mkdirSync(this.pathOf(directory))
  },
)

When('{string} is mounted again', function (this: CatalogWorld, directory: string) {
  renameSync(this.pathOf(AWAY), this.pathOf(directory))
})

When('{string} is resolved', async function (this: CatalogWorld, id: string) {
  this.resolved = await this.attempt(() => this.catalog.resolve(id))
})

When(
  '{string} is resolved by a container that calls itself {string}',
  async function (this: CatalogWorld, id: string, node: string) {
    await using other = await openCatalog({ root: this.root, node })
    this.resolved = await this.attempt(() => other.resolve(id))
  },
)

When(
  '{string} is opened and {content} takes the place of its file',
  async function (this: CatalogWorld, id: string, content: string) {
    this.subject = id
    const path = await this.catalog.modelPath(id)
    await using model = await this.catalog.openVerified(id)
    replaceFile(path, readContent(content, id))
    const [file] = model.files
    assert.ok(file)
    this.bytes = Buffer.alloc(file.sizeBytes)
    readSync(file.fd, this.bytes, 0, file.sizeBytes, 0)
  },
)

Then('its path to serve from is {string}', function (this: CatalogWorld, path: string) {
  assert.equal(this.resolved?.path, this.pathOf(path))
})

Then('what is read is {content}', function (this: CatalogWorld, content: string) {
  assert.deepEqual(this.bytes, readContent(content, this.subject))
})

Then(
  'it is refused with {code}, naming {string}',
  function (this: CatalogWorld, code: CatalogErrorCode, path: string) {
    assert.equal(Reflect.get(this.takeRefusal(code).details, 'path'), this.pathOf(path))
  },
)

/** As a careful program replaces a file: the name never leads to half of it. */
function replaceFile(path: string, bytes: Buffer): void {
  writeFileSync(`${path}.new`, bytes)
  renameSync(`${path}.new`, path)
}

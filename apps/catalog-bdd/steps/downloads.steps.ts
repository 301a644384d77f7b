import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { Given, Then, When } from '@cucumber/cucumber'
import { isCatalogError } from 'model-catalog'
import { readContent } from '../support/model-bytes.ts'
import type { CatalogWorld } from '../support/world.ts'

Given(
  '{string} has begun the download of {string}',
  async function (this: CatalogWorld, holder: string, id: string) {
    this.subject = id
    const download = await this.catalog.downloads.begin(id, { holder })
    assert.ok(download.needed, 'there is nothing to download')
  },
)

Given('its partial file holds {content}', async function (this: CatalogWorld, content: string) {
  await writeFile(await partialPathOf(this), readContent(content, this.subject))
})

Given('{string} was found to be wrong', async function (this: CatalogWorld, id: string) {
  try {
    await this.catalog.verify(id)
  } catch (error) {
    if (isCatalogError(error, 'DIGEST_MISMATCH')) return
    throw error
  }
  assert.fail(`${id} is right`)
})

When(
  '{string} begins the download of {string}',
  async function (this: CatalogWorld, holder: string, id: string) {
    this.subject = id
    this.begun = await this.attempt(() => this.catalog.downloads.begin(id, { holder }))
  },
)

When(
  '{string} finishes the download of {string}',
  async function (this: CatalogWorld, holder: string, id: string) {
    await this.attempt(() => this.catalog.downloads.finish(id, { holder }))
  },
)

Then('there is nothing to download', function (this: CatalogWorld) {
  assert.equal(this.begun?.needed, false)
})

Then('no download of it is active', async function (this: CatalogWorld) {
  assert.equal((await this.entryOf()).download, undefined)
})

Then('its partial file is gone', async function (this: CatalogWorld) {
  assert.ok(!existsSync(await partialPathOf(this)))
})

Then('its wrong file was quarantined as a {string}', async function (this: CatalogWorld, kind: string) {
  const { quarantine = [], failure } = await this.entryOf()
  assert.deepEqual(
    quarantine.map(({ path, diagnosis }) => [existsSync(path), diagnosis?.[0]?.kind]),
    [[true, kind]],
  )
  assert.equal(failure?.diagnosis?.[0]?.kind, kind)
})

Then('a quarantined file holds {content}', async function (this: CatalogWorld, content: string) {
  const { quarantine = [] } = await this.entryOf()
  const held = await Promise.all(quarantine.map(({ path }) => readFile(path)))
  assert.deepEqual(held, [readContent(content, this.subject)])
})

async function partialPathOf({ catalog, subject }: CatalogWorld): Promise<string> {
  return `${await catalog.modelPath(subject)}.partial`
}

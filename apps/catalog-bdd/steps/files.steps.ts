import assert from 'node:assert/strict'
import { chmod, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { damageModel, sampleGguf } from '@catalog/testkit/models'
import { lacks, realFile } from '@catalog/testkit/running'
import { type DataTable, Given, Then } from '@cucumber/cucumber'
import { readContent } from '../support/model-bytes.ts'
import type { CatalogWorld } from '../support/world.ts'

Given(
  'there is a file {string} that holds {string}',
  async function (this: CatalogWorld, name: string, text: string) {
    await putFile(this.pathOf(name), text)
  },
)

Given(
  'there is a file {string} that holds {content}',
  async function (this: CatalogWorld, name: string, content: string) {
    await putFile(this.pathOf(name), readContent(content, this.subject))
  },
)

Given(
  'there is a GGUF file {string} whose header says:',
  async function (this: CatalogWorld, name: string, table: DataTable) {
    const says = table
      .raw()
      .map(([key = '', value = '']) => [key, /^\d+$/u.test(value) ? Number(value) : value])
    await putFile(this.pathOf(name), sampleGguf(name, { metadata: Object.fromEntries(says) }))
  },
)

Given('one bit of the file {string} has flipped', async function (this: CatalogWorld, name: string) {
  const path = this.pathOf(name)
  await writeFile(path, damageModel(await readFile(path), 'flipped-bit'))
})

Given('the mode of the file {string} was changed', async function (this: CatalogWorld, name: string) {
  await chmod(this.pathOf(name), 0o600)
})

Given('the real file {string}', async function (this: CatalogWorld, name: string) {
  if (lacks('shared-data')) return 'skipped'
  await copyFile(realFile(name), this.pathOf(name))
  return undefined
})

Then('the file {string} is( still) there', async function (this: CatalogWorld, name: string) {
  assert.ok((await stat(this.pathOf(name))).isFile())
})

Then('its file is still there', async function (this: CatalogWorld) {
  assert.ok((await stat(await this.catalog.modelPath(this.subject))).isFile())
})

Then('its path is {string}', async function (this: CatalogWorld, path: string) {
  assert.equal(await this.catalog.modelPath(this.subject), this.pathOf(path))
})

async function putFile(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

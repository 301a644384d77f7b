import assert from 'node:assert/strict'
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Given, Then } from '@cucumber/cucumber'
import type { CatalogWorld } from '../support/world.ts'

/** Beside the repository, where there are real models to try. */
const SHARED_DATA = new URL('../../../../shared/data/', import.meta.url)

Given(
  'there is a file {string} that holds {string}',
  async function (this: CatalogWorld, name: string, bytes: string) {
    const path = this.pathOf(name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
  },
)

Given('the real file {string}', async function (this: CatalogWorld, name: string) {
  const path = fileURLToPath(new URL(name, SHARED_DATA))
  try {
    await copyFile(path, this.pathOf(name))
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    console.warn(`\nSKIPPED: there is no ${path}`)
    return 'skipped'
  }
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

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sampleShards } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { EntryUpdateInput } from 'model-catalog'
import { readFields } from '../support/fields.ts'
import { type CatalogWorld, digestOf } from '../support/world.ts'

Given(
  'the model {string} of a config.json and {int} shards',
  async function (this: CatalogWorld, id: string, count: number) {
    const config = Buffer.from('{"model_type":"llama"}\n')
    this.contents = new Map([['config.json', config], ...sampleShards(id, { format: 'safetensors', count })])
    const files = [...this.contents].map(([path, bytes]) => ({ path, digest: digestOf(bytes) }))
    await this.register({ id, files })
  },
)

Given('all files of {string} are there', async function (this: CatalogWorld, id: string) {
  for (const [name, bytes] of this.contents) await put(this.pathOf(`models/${id}/${name}`), bytes)
})

Given(
  'all files of {string} are there but {string}',
  async function (this: CatalogWorld, id: string, but: string) {
    for (const [name, bytes] of this.contents) {
      if (name !== but) await put(this.pathOf(`models/${id}/${name}`), bytes)
    }
  },
)

Given('{string} was verified', async function (this: CatalogWorld, id: string) {
  await this.catalog.verify(id)
})

Given(
  '{string} is registered in place at {string}',
  async function (this: CatalogWorld, id: string, path: string) {
    await this.register({ id, location: this.pathOf(path) })
  },
)

Given(
  '{string} is registered in place at {string}, with links into {string}',
  async function (this: CatalogWorld, id: string, path: string, directory: string) {
    await this.register({ id, location: this.pathOf(path), linksInto: this.pathOf(directory) })
  },
)

Given(
  '{string} is now a link to {string}',
  async function (this: CatalogWorld, name: string, target: string) {
    await rm(this.pathOf(name))
    await symlink(this.pathOf(target), this.pathOf(name))
  },
)

Given('{string} is a link to {string}', async function (this: CatalogWorld, name: string, target: string) {
  await mkdir(dirname(this.pathOf(name)), { recursive: true })
  await symlink(this.pathOf(target), this.pathOf(name))
})

When('{string} is updated:', async function (this: CatalogWorld, id: string, table: DataTable) {
  await this.attempt(() => this.catalog.update(id, readFields(table, id) as EntryUpdateInput))
})

When(
  '{string} is updated only if it is at revision {int}:',
  async function (this: CatalogWorld, id: string, ifRevision: number, table: DataTable) {
    await this.attempt(() =>
      this.catalog.update(id, readFields(table, id) as EntryUpdateInput, { ifRevision }),
    )
  },
)

Then('its digest is what sha256sum says of its files', async function (this: CatalogWorld) {
  if (lacks('sha256sum')) return 'skipped'
  const cwd = await this.catalog.modelPath(this.subject)
  const list = execFileSync('sh', ['-c', 'LC_ALL=C sha256sum *'], { cwd })
  assert.equal((await this.entryOf()).digest, createHash('sha256').update(list).digest('hex'))
  return undefined
})

async function put(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}

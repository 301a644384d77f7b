import assert from 'node:assert/strict'
import { linkSync } from 'node:fs'
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { addOllamaModel, buildSampleStore, buildStore } from '@catalog/testkit/layouts'
import { damageModel } from '@catalog/testkit/models'
import { lacks, mountMemory } from '@catalog/testkit/running'
import { Given } from '@cucumber/cucumber'
import { CommandFailure } from '../support/command.ts'
import { OTHER_BYTES } from '../support/model-bytes.ts'
import { remountReadOnly } from '../support/read-only.ts'
import type { CatalogWorld } from '../support/world.ts'

const REGISTRY = 'registry.ollama.ai'

Given(
  'one bit of the model {string} in the store has flipped',
  async function (this: CatalogWorld, id: string) {
    await change(this, id, (bytes) => damageModel(bytes, 'flipped-bit'))
  },
)

Given('the model {string} in the store is zeros', async function (this: CatalogWorld, id: string) {
  await change(this, id, (bytes) => Buffer.alloc(bytes.length))
})

Given(
  'one bit of the file {string} has flipped, and its times are as before',
  async function (this: CatalogWorld, name: string) {
    const path = this.pathOf(name)
    const { atime, mtime } = await stat(path)
    await writeFile(path, damageModel(await readFile(path), 'flipped-bit'))
    await utimes(path, atime, mtime)
  },
)

Given('a file in the store whose name is not UTF-8', async function (this: CatalogWorld) {
  await writeFile(
    Buffer.concat([Buffer.from(`${this.store}/`), Buffer.of(0xff), Buffer.from('.gguf')]),
    'GGUF',
  )
  await this.rememberStore()
})

Given(/^the operator has tried `(.*)`$/u, async function (this: CatalogWorld, line: string) {
  await assert.rejects(this.run(line), CommandFailure)
})

Given(
  'the tool has written the right bytes of {string} again',
  async function (this: CatalogWorld, id: string) {
    assert.ok(this.bytes, 'no step has damaged a model')
    await writeFile(await locate(this, id), this.bytes)
  },
)

Given('the tool has moved {string} to other bytes', function (this: CatalogWorld, name: string) {
  const layers = [{ type: 'model', bytes: OTHER_BYTES }]
  addOllamaModel(buildStore(this.store), { names: [`${REGISTRY}/${name}`], layers })
})

Given('the tool has deleted {string}', async function (this: CatalogWorld, name: string) {
  await rm(this.pathOf(`store/manifests/${REGISTRY}/${name}`))
})

Given('the tool has touched the file of {string}', async function (this: CatalogWorld, id: string) {
  const now = new Date()
  await utimes(await locate(this, id), now, now)
})

Given(
  '{string} is a second name of {string}',
  async function (this: CatalogWorld, name: string, target: string) {
    await mkdir(dirname(this.pathOf(name)), { recursive: true })
    linkSync(this.pathOf(target), this.pathOf(name))
  },
)

Given(
  'a store of {string} on a disk that is mounted read-only',
  async function (this: CatalogWorld, layout: string) {
    if (lacks('tmpfs')) return 'skipped'
    await mkdir(this.store)
    const disk = await mountMemory(this.store, 16 << 20)
    this.atEnd(() => disk.release())
    buildSampleStore(this.store, layout)
    await remountReadOnly(this.store)
    await this.rememberStore()
    return undefined
  },
)

/** Changes the bytes of a model that no import has read yet, and keeps the right ones. */
async function change(world: CatalogWorld, id: string, damage: (bytes: Buffer) => Buffer): Promise<void> {
  const path = await locate(world, id)
  world.bytes = await readFile(path)
  await writeFile(path, damage(world.bytes))
}

/** Where the file of a model is in the store. */
async function locate(world: CatalogWorld, id: string): Promise<string> {
  const { stdout } = await world.run('catalog import store --dry-run --json')
  const candidates: readonly { id: string; location: string }[] = JSON.parse(stdout).candidates
  const location = candidates.find((candidate) => candidate.id === id)?.location
  assert.ok(location, `no ${id} is in the store`)
  return location
}

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Given, Then } from '@cucumber/cucumber'
import { bytesOf } from '../support/model-bytes.ts'
import type { CatalogWorld } from '../support/world.ts'

Given('there is a directory {string} for exports', async function (this: CatalogWorld, name: string) {
  await mkdir(this.pathOf(name))
})

Then(
  'sha256sum finds {int} files of the bundle {string} right',
  function (this: CatalogWorld, count: number, name: string) {
    const options = { encoding: 'utf8', cwd: this.pathOf(name) } as const
    const { status, stdout } = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], options)
    assert.equal(stdout.match(/: OK$/gmu)?.length, count, stdout)
    assert.equal(status, 0)
  },
)

Then(
  'sha256sum finds {int} file of the list {string} right',
  function (this: CatalogWorld, count: number, name: string) {
    const options = { encoding: 'utf8', cwd: this.pathOf('.') } as const
    const { status, stdout } = spawnSync('sha256sum', ['--check', '--strict', name], options)
    assert.equal(stdout.match(/: OK$/gmu)?.length, count, stdout)
    assert.equal(status, 0)
  },
)

Then(
  'it prints a CycloneDX 1.6 document of the model {string} with its digest',
  async function (this: CatalogWorld, name: string) {
    const { digest } = await this.entryOf()
    const { bomFormat, specVersion, components } = JSON.parse(this.command?.stdout ?? '')
    assert.deepEqual([bomFormat, specVersion, components.length], ['CycloneDX', '1.6', 1])
    assert.equal(components[0].type, 'machine-learning-model')
    assert.equal(components[0].name, name)
    assert.deepEqual(components[0].hashes, [{ alg: 'SHA-256', content: digest }])
  },
)

Then(
  'the directory {string} has the right bytes at {string}, with the digest of the model for DIGEST',
  async function (this: CatalogWorld, directory: string, path: string) {
    const { digest } = await this.entryOf()
    const found = await readFile(join(this.pathOf(directory), path.replace('DIGEST', digest ?? '')))
    assert.deepEqual(found, bytesOf(this.subject))
  },
)

Then('{string} can still be resolved', async function (this: CatalogWorld, id: string) {
  assert.equal((await this.catalog.resolve(id)).id, id)
})

Then('there is nothing at {string}', function (this: CatalogWorld, name: string) {
  assert.equal(existsSync(this.pathOf(name)), false)
})

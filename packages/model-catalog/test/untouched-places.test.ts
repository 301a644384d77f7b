import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCatalog } from '../src/index.ts'

/** A clock for which every file is old. */
const clock = { now: () => new Date(Date.now() + 48 * 3_600_000) }
const SOURCE = 'hf:org/model'

let base = ''
let root = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'catalog-untouched-'))
  root = join(base, 'models')
})
afterEach(() => rmSync(base, { recursive: true }))

function write(...names: readonly string[]): string {
  const path = join(base, ...names)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, sampleGguf(path))
  return path
}

describe('a catalog that is open read-only', () => {
  it('applies no plan: not even what needs no word in the catalog', async () => {
    await using writer = await openCatalog({ root, clock })
    write('models', 'orphan.gguf')
    const plan = await writer.upkeep.collect({ orphans: true })
    await using reader = await openCatalog({ root, readOnly: true })
    const report = await reader.upkeep.apply(plan)
    expect(report).toMatchObject({ done: [], failed: [{ code: 'READ_ONLY' }], freedBytes: 0 })
    expect(readdirSync(root)).toContain('orphan.gguf')
    expect(await writer.upkeep.apply(plan)).toMatchObject({ done: [{ file: 'orphan.gguf' }] })
  })
})

describe('a search root', () => {
  it('is not downloaded to, neither through a link in the root nor in place', async () => {
    const wrong = write('nas', 'm.gguf')
    mkdirSync(root)
    symlinkSync('../nas', join(root, 'link'))
    await using catalog = await openCatalog({ root, searchRoots: [join(base, 'nas')], symlinks: 'inside' })
    const digest = 'a'.repeat(64)
    await catalog.register({ id: 'linked', source: SOURCE, digest, file: 'link/m.gguf' })
    await catalog.register({ id: 'in-place', source: SOURCE, digest, location: wrong })
    for (const id of ['linked', 'in-place']) {
      await expect(catalog.downloads.begin(id, { inPlace: true })).rejects.toMatchObject({
        code: 'READ_ONLY',
      })
      // It stands there, and is wrong: elsewhere it would be quarantined.
      await expect(catalog.downloads.finish(id)).rejects.toMatchObject({ code: 'READ_ONLY' })
      // Or the other one would find an active download of this very file.
      await catalog.downloads.abandon(id)
    }
    expect(readdirSync(join(base, 'nas'))).toEqual(['m.gguf'])
  })

  it('keeps its files also where it is below the root', async () => {
    write('models', 'shared', 'm.gguf')
    await using catalog = await openCatalog({ root, clock, searchRoots: [join(root, 'shared')] })
    expect(await catalog.upkeep.collect({ orphans: true })).toMatchObject({ actions: [] })
    expect(await catalog.upkeep.doctor()).toMatchObject({ findings: [] })
  })
})

describe('a catalog below the root of another one', () => {
  it('keeps its models, its running download and its journal', async () => {
    await using outer = await openCatalog({ root, clock })
    const inner = await openCatalog({ root: join(root, 'team') })
    await inner.register({ id: 'n', source: SOURCE, digest: null })
    write('models', 'team', 'n.gguf')
    await inner.verify('n')
    await inner.register({ id: 'm', source: SOURCE, digest: null })
    await inner.downloads.begin('m')
    write('models', 'team', 'm.gguf.partial')
    for (const plan of [await outer.upkeep.doctor(), await outer.upkeep.collect({ orphans: true })]) {
      expect(plan).toMatchObject({ findings: [], actions: [] })
    }
    await outer.register({ id: 'x', source: SOURCE, digest: null, file: 'team/m.gguf' })
    await expect(outer.downloads.begin('x')).rejects.toMatchObject({ code: 'READ_ONLY' })
    expect(await inner.resolve('n')).toMatchObject({ path: join(root, 'team', 'n.gguf') })
    await inner.close()
  })
})

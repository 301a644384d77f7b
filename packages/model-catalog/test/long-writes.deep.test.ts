import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { createRandom, lacks, scaleRuns, seedOfRun, TestDisks } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isCatalogError, openCatalog } from '../src/index.ts'
import { HostileWriter } from './evidence-races/hostile-writer.ts'

const MEBIBYTE = 1 << 20
const RACES = scaleRuns(3)

/**
 * A `write` is stamped when it begins, and ext4 lets others read what it has not come to yet: the old bytes would be read
 * under the stamp of the new ones. Only the last byte differs, which is written last.
 */
describe.skipIf(lacks('ext4', 'python3'))('one write that takes long', () => {
  let disks: TestDisks
  let writer: HostileWriter
  beforeAll(async () => {
    disks = await TestDisks.open()
    writer = new HostileWriter()
  })
  afterAll(async () => {
    await writer[Symbol.asyncDispose]()
    await disks[Symbol.asyncDispose]()
  })

  it.each([1, 16])('to a file of %s MiB is over before the file is read', async (size) => {
    const root = join(await disks.mount(await disks.create('ext4'), disks.at(`disk-${size}`)), 'models')
    const [good, bad] = [disks.at('good'), disks.at(`disk-${size}`, 'bad')]
    const bytes = sampleGguf('long', { sizeBytes: size * MEBIBYTE })
    writeFileSync(good, bytes)
    writeFileSync(bad, withOtherEnd(bytes))
    const digest = createHash('sha256').update(bytes).digest('hex')
    const random = createRandom(seedOfRun())
    const counts = { races: 0, verified: 0, wrong: 0 }
    mkdirSync(root)
    await using catalog = await openCatalog({ root })
    for (; counts.races < RACES; counts.races += 1) {
      const id = `m-${counts.races}`
      const path = join(root, `${id}.gguf`)
      writeFileSync(path, bytes)
      await catalog.register({ id, source: 'https://models.example/m.gguf', digest })
      const moment = { delayMs: random() * 10 }
      const job = await writer.prepare({
        mode: 'slow-write',
        path,
        target: path,
        bad,
        good,
        moment,
        longestMs: 0,
      })
      const written = job.go()
      await catalog.verify(id).then(() => {
        counts.verified += 1
      }, assertRefused)
      await written
      const served = await catalog.resolve(id).catch(assertRefused)
      if (served !== undefined && !readFileSync(path).equals(bytes)) counts.wrong += 1
      rmSync(path)
    }
    console.info(`long writes to ${size} MiB: ${JSON.stringify(counts)}, SEED=${seedOfRun()}`)
    expect(counts.wrong).toBe(0)
  })
})

function withOtherEnd(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes)
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1
  return other
}

function assertRefused(error: unknown): undefined {
  if (!isCatalogError(error)) throw error
}

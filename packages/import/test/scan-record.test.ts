import { appendFileSync, lstatSync, mkdirSync, readdirSync, renameSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import {
  buildDockerModelRunner,
  buildHub,
  buildJan,
  buildLlamaCache,
  buildLmStudio,
  buildLocalDirectory,
  buildModelScope,
  buildOci,
  buildOllama,
  buildPlain,
  buildRamalama,
  buildStore,
} from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createScanRecord, type ScanRecord } from '../src/index.ts'
import { type Scanned, scanAll } from './scanned.ts'

const temporary = useTemporaryDirectory()

// What was written just now counts as settled.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
})

afterEach(() => {
  vi.useRealTimers()
})

async function scanRecorded(directory: string): Promise<Scanned & { readonly record: ScanRecord }> {
  const record = createScanRecord()
  return { ...(await scanAll(directory, { record })), record }
}

const LAYOUTS: Readonly<Record<string, (root: string) => unknown>> = {
  docker: (root) => buildDockerModelRunner(buildStore(root)),
  huggingface: buildHub,
  'huggingface-local': buildLocalDirectory,
  jan: (root) => buildJan(buildStore(root)),
  'llama.cpp': buildLlamaCache,
  'lm-studio': buildLmStudio,
  modelscope: buildModelScope,
  oci: (root) => buildOci(buildStore(root)),
  ollama: (root) => buildOllama(buildStore(root)),
  plain: buildPlain,
  ramalama: (root) => buildRamalama(buildStore(root)),
}

describe.each(Object.entries(LAYOUTS))('the record of a scan of %s', (_name, build) => {
  it('is current until something changes that another scan would find', async () => {
    const tree = temporary.at('tree')
    mkdirSync(tree)
    build(tree)
    let { record, ...found } = await scanRecorded(tree)
    expect(found.candidates).not.toEqual([])
    expect(await record.isCurrent()).toBe(true)
    for (const file of filesBelow(tree)) {
      const { size } = lstatSync(file)
      appendFileSync(file, ' ')
      const isCurrent = await record.isCurrent()
      const { record: next, ...now } = await scanRecorded(tree)
      if (isCurrent) expect(now).toEqual(found)
      truncateSync(file, size)
      ;({ record, ...found } = await scanRecorded(tree))
      expect(await next.isCurrent()).toBe(isCurrent)
      renameSync(file, `${file}.away`)
      const isCurrentWithout = await record.isCurrent()
      if (isCurrentWithout) expect(await scanAll(tree)).toEqual(found)
      renameSync(`${file}.away`, file)
      ;({ record, ...found } = await scanRecorded(tree))
    }
  })

  it('is not current once a file of a model changed', async () => {
    const tree = temporary.at('tree')
    mkdirSync(tree)
    build(tree)
    const { candidates } = await scanRecorded(tree)
    for (const { location, files } of candidates) {
      for (const file of files?.map(({ path }) => join(location, path)) ?? [location]) {
        const { record } = await scanRecorded(tree)
        const { size } = lstatSync(file)
        appendFileSync(file, ' ')
        expect({ file, isCurrent: await record.isCurrent() }).toEqual({ file, isCurrent: false })
        truncateSync(file, size)
      }
    }
  })
})

it('a record is not current while what was looked at had just changed', async () => {
  const store = buildStore(temporary.at('store'))
  store.put('wren.gguf', sampleGguf('wren'))
  vi.setSystemTime(lstatSync(store.at('wren.gguf')).ctimeMs + 2000)
  const { record } = await scanRecorded(store.root)
  expect(await record.isCurrent()).toBe(false)
  vi.setSystemTime(lstatSync(store.at('wren.gguf')).ctimeMs + 4000)
  const { record: later } = await scanRecorded(store.root)
  expect(await later.isCurrent()).toBe(true)
})

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

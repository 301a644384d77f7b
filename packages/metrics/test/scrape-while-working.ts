import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foldChanges } from '@catalog/testkit'
import { type CommittedChange, openCatalog } from 'model-catalog'
import { expect } from 'vitest'
import { startProgram } from './programs.ts'
import { scrape } from './serve-metrics.ts'

const SCRAPER = new URL('./scraper.ts', import.meta.url)
const WORKER = new URL('./random-operations.ts', import.meta.url)

/** How much is done while the metrics are scraped. */
export interface Work {
  readonly processes: number
  /** Of each process, in each round; the scraper is killed and started anew between two rounds. */
  readonly operations: number
  readonly rounds: number
  readonly seed: number
}

/**
 * Has processes work on one catalog at random while another one is scraped, which is killed between the rounds. No counter ever
 * goes back, and in the end the metrics are what the history adds up to.
 */
export async function scrapeWhileWorking({ processes, operations, rounds, seed }: Work): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'metrics-'))
  const catalog = await openCatalog({ root })
  try {
    let before: Samples = new Map()
    for (let round = 0; round < rounds; round += 1) {
      const scraper = await startProgram(SCRAPER, root)
      const url = await scraper.nextLine()
      const seeds = Array.from({ length: processes }, (_, index) => seed + round * processes + index)
      const working = seeds.map(async (each) =>
        (await startProgram(WORKER, root, String(each), String(operations))).ended(),
      )
      let isOver = false
      const over = Promise.all(working).finally(() => {
        isOver = true
      })
      while (!isOver) before = assertForward(before, await scrape(url))
      await over
      before = assertForward(before, await scrape(url))
      expectHistory(before, await catalog.history.changes(), await catalog.counts())
      await scraper.kill()
    }
  } finally {
    await catalog.close()
    await rm(root, { recursive: true })
  }
}

type Samples = ReadonlyMap<string, number>

function assertForward(before: Samples, now: Samples): Samples {
  expect(now.get('catalog_up')).toBe(1)
  for (const [name, value] of before) {
    if (/^catalog_(?:verification|operations|verified_bytes)_/u.test(name))
      expect(now.get(name), name).toBeGreaterThanOrEqual(value)
  }
  return now
}

/** The three metrics of the specification, and what is beside them, as the whole history has it. */
function expectHistory(
  samples: Samples,
  changes: readonly CommittedChange[],
  counts: Readonly<Record<string, number>>,
): void {
  const { operations, verifications, verifiedBytes, verificationSeconds } = foldChanges(changes, 0)
  expect(valuesOf(samples, 'catalog_models_total', 'state')).toEqual(counts)
  expect(valuesOf(samples, 'catalog_operations_total', 'operation')).toEqual(operations)
  expect(valuesOf(samples, 'catalog_verification_total', 'outcome')).toEqual(verifications)
  expect(samples.get('catalog_verified_bytes_total')).toBe(verifiedBytes)
  expect(samples.get('catalog_verification_duration_seconds_count')).toBe(verificationSeconds.count)
  expect(samples.get('catalog_verification_duration_seconds_sum')).toBe(verificationSeconds.sum)
  expect(samples.get('catalog_verification_duration_seconds_bucket{le="1"}')).toBe(
    verificationSeconds.buckets[2],
  )
}

function valuesOf(samples: Samples, name: string, label: string): Record<string, number> {
  const prefix = `${name}{${label}="`
  const found = [...samples].filter(([key]) => key.startsWith(prefix))
  return Object.fromEntries(found.map(([key, value]) => [key.slice(prefix.length, -'"}'.length), value]))
}

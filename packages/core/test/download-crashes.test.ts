import { createMemoryBacking, FakeFiles, sampleDigest } from '@catalog/testkit'
import type { CatalogStore } from '@catalog/types'
import { expect, it } from 'vitest'
import { Catalog } from '../src/catalog.ts'
import { openTestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const PATH = '/models/m.gguf'
const PARTIAL = `${PATH}.partial`

/** What changes or looks at the world, at each of which the process may end. */
const STEPS = new Set([
  ...['commit', 'makeParent', 'syncFile', 'moveFile', 'removeFile', 'lookAt'],
  ...['resumeDownload', 'statFile', 'digestFiles', 'readFingerprint', 'diagnoseFile'],
])

/** Ends everything before or after its step `at`; nothing happens any more from then on. */
class Crash {
  steps = 0
  readonly #at: number
  readonly #isAfter: boolean

  constructor(at: number, isAfter: boolean) {
    this.#at = at
    this.#isAfter = isAfter
  }

  watch<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        if (!STEPS.has(String(name))) return value.bind(target)
        return (...args: unknown[]) => this.#take(() => value.apply(target, args))
      },
    })
  }

  #take(run: () => unknown): unknown {
    this.steps += 1
    if (this.steps > this.#at || (this.steps === this.#at && !this.#isAfter)) throw new Error('crash')
    const done = run()
    if (this.steps < this.#at) return done
    if (done instanceof Promise) return done.then(() => Promise.reject(new Error('crash')))
    throw new Error('crash')
  }
}

/** What a provisioner does; the first download of all may be wrong. */
async function provision(catalog: Catalog, files: FakeFiles, isWrongFirst: boolean): Promise<void> {
  const download = await catalog.downloads.begin('m')
  if (!download.needed) return
  const isFirst = download.entry.quarantine === undefined
  for (const { partialPath, isPresent } of download.files) {
    if (!isPresent && !files.has(partialPath)) files.put(partialPath, isWrongFirst && isFirst ? wrong : right)
    files.put(`${partialPath}.checkpoint`, sampleDigest(3))
  }
  await catalog.downloads.finish('m')
}

async function play(at: number, how: { isAfter: boolean; isWrongFirst: boolean; standsThere: boolean }) {
  const crash = new Crash(at, how.isAfter)
  const backing = createMemoryBacking()
  const files = new FakeFiles()
  const { other, clock, catalog } = await openTestCatalog({ backing, files, holder: 'p' })
  await catalog.register({ id: 'm', source: 'x', digest: right, sizeBytes: 1024 })
  if (how.standsThere) files.put(PATH, sampleDigest(9), 99)
  const ports = (store: CatalogStore, disk: FakeFiles) => {
    return new Catalog({ store, verifier: disk, files: disk, clock, node: 'node-1', holder: 'p' })
  }
  const checked = new Proxy(other, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'commit') return typeof value === 'function' ? value.bind(target) : value
      return async (commits: Parameters<CatalogStore['commit']>[0]) => {
        for (const { changes } of commits) {
          // Whoever reads the entry from now on may use the file.
          if (changes[0]?.entry?.state === 'Active') expect((await files.digestFile(PATH)).digest).toBe(right)
        }
        return target.commit(commits)
      }
    },
  })
  const isCrashed = await provision(ports(crash.watch(checked), crash.watch(files)), files, how.isWrongFirst)
    .then(
      () => false,
      (error) => error.message === 'crash' || Promise.reject(error),
    )
    .catch((error) => (error.code === 'DIGEST_MISMATCH' ? false : Promise.reject(error)))
  for (let attempt = 1; ; attempt += 1) {
    try {
      await provision(ports(checked, files), files, how.isWrongFirst)
      break
    } catch (error) {
      // The wrong bytes are found once more at most: where the crash came before they were put aside.
      if (attempt > 2 || (error as { code?: string }).code !== 'DIGEST_MISMATCH') throw error
    }
  }
  const entry = await catalog.get('m')
  expect(entry).toMatchObject({ state: 'Active', digest: right })
  expect(entry?.download).toBeUndefined()
  expect((await files.digestFile(PATH)).digest).toBe(right)
  expect(entry?.evidence?.['node-1']?.fingerprint).toEqual(files.readFingerprint(PATH))
  // No wrong file is lost, and none is recorded twice.
  const aside = (await files.listFiles())
    .map(({ path }) => path)
    .filter((path) => path.includes('quarantined'))
  expect(entry?.quarantine?.map(({ path }) => path) ?? []).toEqual(aside)
  expect(aside).toHaveLength(Number(how.isWrongFirst) + Number(how.standsThere))
  expect(files.has(PARTIAL)).toBe(false)
  return isCrashed
}

it.each([
  { isWrongFirst: false, standsThere: false },
  { isWrongFirst: false, standsThere: true },
  { isWrongFirst: true, standsThere: false },
  { isWrongFirst: true, standsThere: true },
])(
  'a download that ends at any of its steps goes on to the right end ($isWrongFirst, $standsThere)',
  async (how) => {
    for (const isAfter of [false, true]) {
      let at = 1
      while (await play(at, { ...how, isAfter })) at += 1
      expect(at).toBeGreaterThan(15)
    }
  },
)

import { createMemoryBacking, FakeFiles, sampleDigest } from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import type { CatalogStore } from '@catalog/types'
import { expect, it } from 'vitest'
import { Catalog } from '../src/catalog.ts'
import { openTestCatalog, withoutDev } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
/** Two files take many more steps than one: the short run ends them at every fourth. */
const STRIDE = { one: 1, two: scaleRuns(1) > 1 ? 1 : 4 } as const
/** Where the files of a model of one file, and of one of two, belong. */
const PATHS = { one: ['/models/m.gguf'], two: ['/models/m/a.bin', '/models/m/b.bin'] } as const

interface How {
  readonly count: keyof typeof PATHS
  readonly isWrongFirst: boolean
  readonly standsThere: boolean
}

/** What changes or looks at the world, at each of which the process may end. */
const STEPS = new Set([
  ...['commit', 'makeParent', 'syncFile', 'moveFile', 'moveDirectory', 'removeFile'],
  ...['removeDirectory', 'lookAt'],
  ...['resumeDownload', 'statFile', 'digestFiles', 'readFingerprint', 'diagnoseFile', 'takeFirstLook'],
])

/** Ends everything before or after its step `at`; nothing happens from then on. */
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

async function play(at: number, how: How & { readonly isAfter: boolean }) {
  const paths = PATHS[how.count]
  const crash = new Crash(at, how.isAfter)
  const backing = createMemoryBacking()
  const files = new FakeFiles()
  const { other, clock, catalog } = await openTestCatalog({ backing, files, holder: 'p' })
  const parts = paths.map((path) => ({
    path: path.slice('/models/m/'.length),
    digest: right,
    sizeBytes: 1024,
  }))
  const expected = how.count === 'one' ? { digest: right, sizeBytes: 1024 } : { files: parts }
  await catalog.register({ id: 'm', source: 'x', ...expected })
  if (how.standsThere) for (const path of paths) files.put(path, sampleDigest(9), 99)
  const ports = (store: CatalogStore, disk: FakeFiles) => {
    return new Catalog({
      store,
      verifier: disk,
      files: disk,
      volumes: disk.volumes,
      clock,
      node: 'node-1',
      holder: 'p',
    })
  }
  const checked = new Proxy(other, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'commit') return typeof value === 'function' ? value.bind(target) : value
      return async (commits: Parameters<CatalogStore['commit']>[0]) => {
        for (const { changes } of commits) {
          const { state, download } = changes[0]?.entry ?? {}
          // Only a directory that is there by itself has files that are not known to be right.
          if (how.count === 'two' && !how.standsThere && state !== 'Active' && download?.placing !== true)
            for (const path of paths) expect(files.has(path)).toBe(false)
          // Any reader of the entry may use the file from now on.
          if (changes[0]?.entry?.state !== 'Active') continue
          for (const path of paths) expect(files.bytesOf(path)).toBe(right)
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
      // The wrong bytes are found once more at most: if the crash came before they were quarantined.
      if (attempt > 2 || (error as { code?: string }).code !== 'DIGEST_MISMATCH') throw error
    }
  }
  const entry = await catalog.get('m')
  expect(entry).toMatchObject({ state: 'Active', ...expected })
  expect(entry?.download).toBeUndefined()
  const evidence = entry?.evidence?.['volume-1']
  const known = evidence?.files?.map(({ fingerprint }) => fingerprint) ?? [evidence?.fingerprint]
  expect(known).toMatchObject(paths.map((path) => withoutDev(files.readFingerprint(path))))
  // No wrong file is lost, and none is recorded twice.
  const aside = (await files.listFiles()).files
    .map(({ path }) => path)
    .filter((path) => path.includes('quarantined'))
  expect((entry?.quarantine?.map(({ path }) => path) ?? []).sort()).toEqual(aside)
  expect(aside).toHaveLength(paths.length * (Number(how.isWrongFirst) + Number(how.standsThere)))
  // Nothing that was downloaded is anywhere else. A checkpoint may be left, of no file.
  const left = (await files.listFiles()).files.map(({ path }) => path)
  const isKnown = (path: string): boolean => aside.includes(path) || path.endsWith('.checkpoint')
  expect(left.filter((path) => !isKnown(path))).toEqual(paths)
  for (const path of paths)
    expect([files.bytesOf(path), files.has(`${path}.partial`)]).toEqual([right, false])
  return isCrashed
}

const CASES = (['one', 'two'] as const).flatMap((count) =>
  [false, true].flatMap((isWrongFirst) =>
    [false, true].map((standsThere): How => ({ count, isWrongFirst, standsThere })),
  ),
)

it.each(CASES)(
  'a download of $count file(s) that ends at any of its steps goes on to the right end ($isWrongFirst, $standsThere)',
  async (how) => {
    for (const isAfter of [false, true]) {
      let at = 1
      while (await play(at, { ...how, isAfter })) at += STRIDE[how.count]
      expect(at).toBeGreaterThan(15)
    }
  },
)

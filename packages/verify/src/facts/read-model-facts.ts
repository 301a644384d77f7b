import { basename, dirname } from 'node:path'
import { findFingerprintChanges, toFingerprint } from '@catalog/system-calls'
import {
  assertOptions,
  CatalogError,
  createInvalidInput,
  type Fingerprint,
  type ModelFacts,
  type OptionKinds,
  type ReadFactsOptions,
} from '@catalog/types'
import { parsePath } from '../file/parse-path.ts'
import { readFileAt } from '../file/read-at.ts'
import type { RegularFile } from '../file/regular-file.ts'
import { withRegularFile } from '../file/with-regular-file.ts'
import { findShards } from '../shards/find-shards.ts'
import { combineWeights, type StatedFacts, type Weights } from './combine-weights.ts'
import { CONFIG_NAME, MAX_CONFIG_BYTES, parseModelConfig } from './model-config.ts'
import { readWeights } from './read-weights.ts'

const OPTIONS: OptionKinds<ReadFactsOptions> = { followSymlink: 'boolean', signal: 'signal' }
/** Of many files only those are opened: a model may have thousands that are not weights. */
const WEIGHTS = /\.(?:gguf|safetensors)$/iu

/** A file of a model; with a fingerprint exactly the one that has it. */
export interface FactsFile {
  readonly path: string
  readonly fingerprint?: Fingerprint
}

/**
 * What the headers of a model's files say of it: architecture, parameters, quantisation and more; undefined if
 * none is a GGUF or safetensors file with a whole header within the limits (256 MiB read of GGUF, 8 MiB of
 * safetensors). Reads the headers only, 256 KiB at a time, and no tensor.
 *
 * Of several files, those of the largest set of shards count; a single file may have any name, and others are
 * known by `.gguf` and `.safetensors`. A `config.json` in the directory of safetensors files tells what these do
 * not. Rejects with the signal's reason once it is aborted. All files are closed when the promise settles.
 *
 * @throws {CatalogError} INVALID_INPUT if a path or an option is invalid
 * @throws {CatalogError} FILE_MISSING if there is no file at a path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} IO if the disk cannot be read
 * @throws {CatalogError} FILE_CHANGED if a file changed while it was read
 *
 * @example
 * ```ts
 * import { readModelFacts } from '@catalog/verify'
 *
 * const facts = await readModelFacts('model.gguf')
 * console.log(facts?.architecture) // llama
 * ```
 */
export async function readModelFacts(
  paths: string | readonly string[],
  options: ReadFactsOptions = {},
): Promise<ModelFacts | undefined> {
  assertOptions(options, OPTIONS)
  return await readFacts(parsePaths(paths), options)
}

/** The same of files that were seen before. FILE_CHANGED also if one is not the file that was seen. */
export async function readFacts(
  files: readonly FactsFile[],
  options: ReadFactsOptions = {},
): Promise<ModelFacts | undefined> {
  const found: Found[] = []
  for (const file of files.filter(({ path }) => files.length === 1 || WEIGHTS.test(path))) {
    const { weights, sizeBytes } = await openSeen(file, options, async (open) => ({
      weights: await readWeights(open, file.path),
      sizeBytes: open.sizeBytes,
    }))
    if (weights !== undefined) found.push({ path: file.path, weights, sizeBytes })
  }
  const [first, ...others] = findLargestSet(found)
  if (first === undefined) return undefined
  const config = first.weights.format === 'safetensors' ? findConfig(files, first.path) : undefined
  const besides = config && (await readConfig(config, options))
  return combineWeights([first.weights, ...others.map(({ weights }) => weights)], besides)
}

interface Found {
  readonly path: string
  readonly weights: Weights
  readonly sizeBytes: number
}

/** Variants, projectors and whole copies lie beside the shards of a model; the first shard first. */
function findLargestSet(found: readonly Found[]): readonly Found[] {
  const byPath = new Map(found.map((file) => [file.path, file]))
  const shards = findShards([...byPath.keys()]).map(({ paths }) => paths)
  const sharded = new Set(shards.flat())
  const singles = [...byPath.keys()].filter((path) => !sharded.has(path)).map((path) => [path])
  const sets = [...shards, ...singles].map((paths) =>
    paths.map((path) => byPath.get(path)).filter((file) => file !== undefined),
  )
  const sizeOf = (set: readonly Found[]): number => set.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return sets.reduce((largest, set) => (sizeOf(set) > sizeOf(largest) ? set : largest), [])
}

function findConfig(files: readonly FactsFile[], path: string): FactsFile | undefined {
  return files.find((file) => basename(file.path) === CONFIG_NAME && dirname(file.path) === dirname(path))
}

async function readConfig(file: FactsFile, options: ReadFactsOptions): Promise<StatedFacts> {
  const { path } = file
  return await openSeen(file, options, async ({ handle, sizeBytes }) => {
    if (sizeBytes > MAX_CONFIG_BYTES) return {}
    return parseModelConfig(await readFileAt(handle, { path, offset: 0, length: sizeBytes }))
  })
}

async function openSeen<T>(
  { path, fingerprint }: FactsFile,
  { followSymlink = false, signal = new AbortController().signal }: ReadFactsOptions,
  work: (file: RegularFile) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  return await withRegularFile({ path, followSymlink, signal }, async (file) => {
    const changed = fingerprint && findFingerprintChanges(fingerprint, toFingerprint(file.stats))
    if (changed === undefined || changed.length === 0) return await work(file)
    const message = `${path} changed since it was examined: ${changed.join(', ')}`
    throw new CatalogError('FILE_CHANGED', message, { path, changed })
  })
}

function parsePaths(paths: unknown): readonly FactsFile[] {
  if (!Array.isArray(paths)) return [{ path: parsePath(paths) }]
  if (paths.length === 0) throw createInvalidInput([{ field: 'paths', problem: 'must not be empty' }])
  return paths.map((path) => ({ path: parsePath(path) }))
}

import { createHash } from 'node:crypto'
import { lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  isMissing,
  kindOf,
  makeDirectory,
  readLimited,
  syncDirectory,
  toDiskError,
  walkDirectory,
  withDiskErrors,
} from '@catalog/system-calls'
import {
  BUNDLE_NAMES,
  type BundleModel,
  CatalogError,
  createInvalidInput,
  formatBundle,
  isCatalogError,
  MAX_BUNDLE_MANIFEST_BYTES,
} from '@catalog/types'
import { parseBundle } from '@catalog/types/schema'
import { replaceFile } from '../disk/replace-file.ts'
import { formatSumLine } from '../formats/sha256-sums.ts'

const UNFINISHED_TEXT = `An export into this directory has not ended, or was interrupted.
What bundle.json names is complete. Run the export again to add the rest.
`
/** What \`temporaryName\` gives. */
const TEMPORARY = /(?:^|\/)\.[^/]*\.[0-9a-f]{12}\.tmp$/u

/** The directory of a bundle that is written. */
export class BundleDirectory {
  /** Absolute. */
  readonly path: string
  /** What its manifest names at the moment. */
  #models: readonly BundleModel[]
  #isBegun = false
  /** Whether this run made the directory. */
  #isMade = false

  private constructor(path: string, models: readonly BundleModel[]) {
    this.path = path
    this.#models = models
  }

  /**
   * Looks at a directory and changes nothing. INVALID_INPUT if it is neither a bundle nor free; DAMAGED or
   * UNSUPPORTED_FORMAT if its manifest cannot be used.
   */
  static async open(path: string): Promise<BundleDirectory> {
    const names = await listNames(path)
    if (names.includes(BUNDLE_NAMES.manifest)) return new BundleDirectory(path, await readModels(path))
    // Begun by an export that ended before its first model.
    if (names.length === 0 || names.includes(BUNDLE_NAMES.unfinished)) return new BundleDirectory(path, [])
    const problem = `${path} is not empty, and not a bundle: it has ${names.toSorted()[0]}`
    throw createInvalidInput([{ field: 'directory', problem }])
  }

  get models(): readonly BundleModel[] {
    return this.#models
  }

  /** The absolute path of a file in the bundle. */
  pathOf(stored: string): string {
    return join(this.path, ...stored.split('/'))
  }

  /** Before the first change. What an interrupted export left half-copied is removed. */
  async begin(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isBegun) return
    await withDiskErrors('write', this.path, async () => {
      const first = await makeDirectory(this.path)
      if (first === undefined) return
      this.#isMade = true
      await syncDirectory(dirname(first))
    })
    await replaceFile(join(this.path, BUNDLE_NAMES.unfinished), UNFINISHED_TEXT, { signal })
    this.#isBegun = true
    for await (const { path, kind } of walkDirectory(join(this.path, BUNDLE_NAMES.files), { signal })) {
      if (kind === 'file' && TEMPORARY.test(path)) await rm(join(this.path, BUNDLE_NAMES.files, path))
    }
  }

  /** Takes `begin` back, as long as nothing else was written. */
  async withdraw(): Promise<void> {
    if (this.#models.length > 0) return
    await rm(join(this.path, BUNDLE_NAMES.unfinished), { force: true })
    if (this.#isMade) await rmdir(this.path).catch(() => undefined)
    this.#isBegun = false
  }

  /** Makes the directory of a file, each level of it a directory of its own and no link. */
  async makeParent(stored: string): Promise<void> {
    let directory = this.path
    for (const segment of stored.split('/').slice(0, -1)) {
      directory = join(directory, segment)
      const made = await withDiskErrors('write', directory, () => makeDirectory(directory))
      if (made !== undefined) await withDiskErrors('sync', directory, () => syncDirectory(dirname(directory)))
      const kind = kindOf(await lstat(directory))
      if (kind === 'directory') continue
      throw new CatalogError('NOT_A_REGULAR_FILE', `${directory} is a ${kind}`, { path: directory, kind })
    }
  }

  /**
   * Names these models from now on, and removes the files of others, unless they are wanted. Every file that the models
   * name is complete.
   */
  async save(models: readonly BundleModel[], wanted: ReadonlySet<string> = new Set()): Promise<void> {
    const [before, text] = [this.#models, formatBundle(models)]
    await replaceFile(join(this.path, BUNDLE_NAMES.manifest), text)
    this.#models = models
    const named = new Set(models.flatMap(({ files }) => files.map(({ stored }) => stored)))
    for (const { files } of before) {
      for (const { stored } of files) if (!named.has(stored) && !wanted.has(stored)) await this.remove(stored)
    }
  }

  /** Names these models, and says that all of the bundle is there. */
  async finish(models: readonly BundleModel[]): Promise<void> {
    const text = formatBundle(models)
    await this.save(models)
    await replaceFile(join(this.path, BUNDLE_NAMES.sums), formatSums(models, text))
    await withDiskErrors('write', this.path, async () => {
      await rm(join(this.path, BUNDLE_NAMES.unfinished), { force: true })
      await syncDirectory(this.path)
    })
  }

  /** Whether it has all that `finish` leaves, for these models. */
  async isFinished(models: readonly BundleModel[]): Promise<boolean> {
    const names = await listNames(this.path)
    if (names.includes(BUNDLE_NAMES.unfinished) || !names.includes(BUNDLE_NAMES.manifest)) return false
    const text = formatBundle(models)
    const sums = formatSums(models, text)
    return (await this.#has(BUNDLE_NAMES.manifest, text)) && (await this.#has(BUNDLE_NAMES.sums, sums))
  }

  async #has(name: string, text: string): Promise<boolean> {
    try {
      const bytes = await readLimited(join(this.path, name), 2 * MAX_BUNDLE_MANIFEST_BYTES)
      return Buffer.from(text).equals(bytes)
    } catch (error) {
      if (isCatalogError(error, 'FILE_MISSING')) return false
      throw error
    }
  }

  /** Removes a file, and its directories as far as they are empty. */
  async remove(stored: string): Promise<void> {
    try {
      await unlink(this.pathOf(stored))
      for (let at = dirname(stored); at !== BUNDLE_NAMES.files; at = dirname(at)) await rmdir(this.pathOf(at))
    } catch {
      // It is named nowhere, and does no harm if it stays.
    }
  }
}

async function listNames(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (!isMissing(error)) throw toDiskError(error, 'read', path)
    return []
  }
}

async function readModels(directory: string): Promise<readonly BundleModel[]> {
  const path = join(directory, BUNDLE_NAMES.manifest)
  const text = Buffer.from(await readLimited(path, MAX_BUNDLE_MANIFEST_BYTES)).toString()
  const { models, problems } = parseBundle(text, path)
  const [first] = problems
  if (first === undefined) return models
  const problem = `has a record that is not valid, number ${first.index + 1}: ${first.problem}`
  throw new CatalogError('DAMAGED', `${path} ${problem}`, { path, problem })
}

/** The list of all files and the manifest, sorted by path. */
function formatSums(models: readonly BundleModel[], manifest: string): string {
  const digest = createHash('sha256').update(manifest).digest('hex')
  const digests = new Map<string, string>(
    models.flatMap(({ files }) => files.map((file) => [file.stored, file.digest])),
  )
  const lines = [...digests.entries(), [BUNDLE_NAMES.manifest, digest] as const]
  return lines
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, sha256]) => formatSumLine(path, sha256))
    .join('')
}

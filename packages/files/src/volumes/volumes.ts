import { type BigIntStats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import {
  isMissing,
  makeDirectory,
  syncDirectory,
  toDiskError,
  withDiskErrors,
  withFileErrors,
} from '@catalog/system-calls'
import { createInvalidInput, type DirectoryIdentity, type Volume, type Volumes } from '@catalog/types'
import {
  booleanSchema,
  defineOptionalOptions,
  type OptionsParser,
  optionsSchema,
  parseText,
  uncheckedSchema,
} from '@catalog/types/schema'
import { ANCHOR_FILE, CATALOG_DIRECTORY, ROOT_ANCHOR } from '../paths/own-names.ts'
import { readBootId } from './boot-id.ts'
import { createKeptVolumes } from './kept-volumes.ts'
import { createKnownAnchors } from './known-anchors.ts'
import { makeAnchor } from './make-anchor.ts'

/** The places of anchors, besides the root's. */
export interface VolumesOptions {
  /**
   * Directories on other volumes. Each may have an anchor file, `.catalog-volume`, which is created when its
   * volume is first needed. If the directory is the root of a catalog, the anchor of that catalog is used.
   */
  readonly anchors?: readonly string[] | undefined
  /** Whether no anchor may be created. Default false. */
  readonly readOnly?: boolean | undefined
}

const parseVolumesOptions: OptionsParser<VolumesOptions> = defineOptionalOptions<VolumesOptions>(
  optionsSchema({
    anchors: uncheckedSchema<readonly string[]>().optional(),
    readOnly: booleanSchema.optional(),
  }),
)

/**
 * The port `Volumes` for the files of a catalog. A volume is identified by its anchor file, or kept open.
 * Close it to release kept volumes.
 *
 * @throws {CatalogError} INVALID_INPUT if the root or an option is invalid
 *
 * @example
 * ```ts
 * import { createVolumes } from '@catalog/files'
 *
 * const volumes = createVolumes('./models', { anchors: ['/mnt/models'] })
 * const { id, isLocal } = await volumes.prepare('model.gguf')
 * console.error(id, isLocal)
 * await volumes.close()
 * ```
 */
export function createVolumes(root: string, given?: VolumesOptions): Volumes {
  const { anchors = [], readOnly = false } = parseVolumesOptions(given)
  assertAnchors(anchors)
  const places = findPlaces(resolve(parseText('root', root)), anchors)
  const known = createKnownAnchors(places.flatMap(({ paths }) => paths))
  const kept = createKeptVolumes()
  const find = (dev: string, hints: readonly string[] = []): Volume | undefined =>
    known.find(dev, hints) ?? kept.find(dev)
  return {
    bootId: readBootId(),
    list: () => [...known.list(), ...kept.list()],
    find,
    async prepare(path, hints) {
      const { dev } = await withFileErrors('stat', path, () => stat(path, { bigint: true }))
      const found = find(`${dev}`, hints)
      if (found !== undefined) return found
      const place = readOnly ? undefined : await findPlaceOn(dev, places)
      if (place !== undefined) await withDiskErrors('make', place.paths[0], () => makeAnchorAt(place))
      return find(`${dev}`, hints) ?? (await withFileErrors('open', path, () => kept.keep(path)))
    },
    directoryOf: identifyDirectory,
    close: () => kept.close(),
  }
}

function assertAnchors(anchors: unknown): void {
  if (Array.isArray(anchors) && anchors.every((path) => typeof path === 'string' && path !== '')) return
  throw createInvalidInput([{ field: 'anchors', problem: 'must be a list of directories' }])
}

/** A directory that may have an anchor. */
interface AnchorPlace {
  /** Where it is made, and on the volume of which directory, if that is not made yet. */
  readonly directory: string
  readonly parent?: string
  /** Where it may be, first the one that is made there. */
  readonly paths: readonly [string, ...string[]]
}

function findPlaces(root: string, anchors: readonly string[]): readonly AnchorPlace[] {
  const directory = join(root, CATALOG_DIRECTORY)
  const others = anchors.map((given): AnchorPlace => {
    const path = resolve(given)
    return { directory: path, paths: [join(path, ANCHOR_FILE), join(path, CATALOG_DIRECTORY, ROOT_ANCHOR)] }
  })
  return [{ directory, parent: root, paths: [join(directory, ROOT_ANCHOR)] }, ...others]
}

async function findPlaceOn(dev: bigint, places: readonly AnchorPlace[]): Promise<AnchorPlace | undefined> {
  for (const place of places) {
    if ((await findDevice(place)) === dev) return place
  }
  return undefined
}

/** Undefined if the directory is not there. */
async function findDevice({ directory, parent }: AnchorPlace): Promise<bigint | undefined> {
  try {
    return (await stat(directory, { bigint: true })).dev
  } catch (error) {
    if (!isMissing(error)) throw toDiskError(error, 'stat', directory)
    return parent === undefined ? undefined : await findDevice({ directory: parent, paths: [parent] })
  }
}

async function makeAnchorAt({ directory, parent, paths: [path] }: AnchorPlace): Promise<void> {
  if (parent !== undefined && (await makeDirectory(directory)) !== undefined) await syncDirectory(parent)
  await makeAnchor(path)
}

function identifyDirectory(path: string): DirectoryIdentity | undefined {
  const stats = findDirectory(dirname(path))
  if (stats === undefined) return undefined
  const ino = `${stats.ino}`
  return stats.birthtimeNs > 0n ? { ino, birthtimeNs: `${stats.birthtimeNs}` } : { ino }
}

function findDirectory(path: string): BigIntStats | undefined {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    return stats?.isDirectory() === true ? stats : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw toDiskError(error, 'stat', path)
  }
}

import { lstat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { CatalogError, findListedDigest, type ManifestLine, type ModelFileInput } from 'model-catalog'
import { CliError } from '../problem/cli-errors.ts'
import type { LinkOptions } from './link-options.ts'
import { listModelFiles } from './list-model-files.ts'
import { assertModelFile, isDirectory } from './model-file.ts'
import { originOfList, readManifest } from './read-manifest.ts'
import { assertWholeSets, findSetOfShards, type SetOfShards } from './shard-set.ts'

/** What a path holds: the files of a directory, or one file and the digest that a list gives for it. */
export interface ModelContent {
  /** The set of shards that the path is one of: the model has all of them. */
  readonly set?: SetOfShards | undefined
  readonly files?: readonly ModelFileInput[] | undefined
  readonly digest?: string | undefined
  /** Only of the digests that a list gave. */
  readonly digestOrigin?: 'list' | undefined
  /** What is in the directory and no part of the model. */
  readonly skipped?: readonly string[] | undefined
}

/** How the files of a directory are found. */
export interface ListOptions {
  readonly digest?: string | undefined
  /** The absolute path of a list as `sha256sum` writes it; default: all files of a directory. */
  readonly manifest?: string | undefined
  /** Whether files of the list that are not in the directory are left out. */
  readonly ignoreMissing?: boolean | undefined
  /** Where links may lead. Absolute. */
  readonly linksInto?: string | undefined
}

/**
 * Looks at what is at a path, before anything is registered for it: FILE_MISSING, NOT_A_REGULAR_FILE, IO, and INVALID_INPUT for
 * a list that does not name the file.
 */
export async function findModelContent(
  { path, ...policy }: { readonly path: string } & LinkOptions,
  { digest, manifest, ignoreMissing = false, linksInto }: ListOptions,
): Promise<ModelContent> {
  // A directory that contains the catalog is not a model: its files change with every command.
  const links = { ...policy, linksInto, location: path }
  const { root } = links
  const hasCatalog = root === path || root.startsWith(path.endsWith(sep) ? path : `${path}${sep}`)
  const isOfFiles = !hasCatalog && (await isDirectory(path, links))
  if (!isOfFiles) await assertModelFile(path, links)
  if (manifest === undefined) {
    if (isOfFiles) {
      const list = await listModelFiles(path, links)
      assertWholeSets(path, list.files)
      return list
    }
    // A caller who declares the digest of one shard means that file.
    const set = digest === undefined ? await findSetOfShards(path, links) : undefined
    return set === undefined ? {} : { set, files: set.files }
  }
  const lines = await readManifest(manifest)
  const digestOrigin = originOfList(digest, manifest)
  if (isOfFiles) return { files: await findListed(path, lines, ignoreMissing), digestOrigin }
  if (digest !== undefined)
    throw new CliError('USAGE', 'a file has its digest by --digest or --manifest, not both')
  return { digest: findListedDigest(lines, path) ?? failToFind(path, manifest), digestOrigin }
}

/** The files of the list, which are all there. */
async function findListed(
  directory: string,
  lines: readonly ManifestLine[],
  ignoreMissing: boolean,
): Promise<readonly ManifestLine[]> {
  const found: ManifestLine[] = []
  let missing: string | undefined
  for (const line of lines) {
    const path = join(directory, line.path)
    if (await isThere(path)) found.push(line)
    else missing ??= path
  }
  if (missing === undefined || (ignoreMissing && found.length > 0)) return found
  throw new CatalogError('FILE_MISSING', `there is no file at ${missing}, which the list names`, {
    path: missing,
  })
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    // Anything else is told when it is read.
    return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
  }
}

function failToFind(path: string, list: string): never {
  const problem = `must name ${path}, and ${list} does not`
  throw new CatalogError('INVALID_INPUT', `manifest ${problem}`, {
    problems: [{ field: 'manifest', problem }],
  })
}

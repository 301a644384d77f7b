import { lstat, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { isMissing, toFileError, withDiskErrors } from '@catalog/system-calls'
import { type BundleFile, type BundleModel, CatalogError } from '@catalog/types'
import {
  type Catalog,
  copyVerified,
  type DownloadFile,
  digestFile,
  isCatalogError,
  type ModelDownload,
  type ModelEntry,
  type NoDownload,
} from 'model-catalog'
import type { BringOptions } from './bring-options.ts'
import { pathInBundle } from './bundle-files.ts'
import { DownloadRenewal } from './download-renewal.ts'
import type { Bundle } from './read-bundle.ts'

/** How the files of a model are copied. */
export interface DownloadModelOptions extends BringOptions {
  /** Whether the entry was made for this: then nothing of the user's is at its place, or it stays. */
  readonly isNew: boolean
}

/**
 * Copies the files of a model to its place, as a download: other processes see that, what is half-copied has another
 * name, and the model is Active once the copies were read back. An error of the bundle ends the download.
 */
export async function downloadModel(
  catalog: Catalog,
  { bundle, model }: { readonly bundle: Bundle; readonly model: BundleModel },
  options: DownloadModelOptions,
): Promise<ModelEntry> {
  const { id, sizeBytes } = model
  const { signal, actor, reason, forMs, onBytes } = options
  const by = { actor, reason }
  const download = await begin(catalog, id, options)
  if (!download.needed) return download.entry
  await using renewal = new DownloadRenewal(catalog, id, { ...by, forMs, signal })
  try {
    if (options.isNew) await assertNothingElseThere(download, model, signal)
    const missing = download.files.filter(({ isPresent }) => !isPresent)
    await assertSpace(bundle, model, missing)
    let copiedBytes = sizeBytes - sumOf(missing.map((file) => toBundleFile(model, file)))
    for (const file of missing) {
      const from = toBundleFile(model, file)
      const { digest: expected, sizeBytes: expectedSizeBytes } = from
      await copyVerified(pathInBundle(bundle, from), file.partialPath, {
        ...{ expected, expectedSizeBytes, signal: renewal.signal },
        onProgress({ doneBytes }) {
          renewal.touch()
          onBytes((copiedBytes + doneBytes) / 2)
        },
      })
      copiedBytes += expectedSizeBytes
    }
  } catch (error) {
    await catalog.downloads.abandon(id, by).catch(() => undefined)
    throw error
  }
  const onProgress = ({ doneBytes }: { readonly doneBytes: number }): void =>
    onBytes((sizeBytes + doneBytes) / 2)
  return await catalog.downloads.finish(id, { ...by, forMs, signal, onProgress })
}

/** Waits once for a download that may be that of an import which was killed: such a one is not renewed. */
async function begin(
  catalog: Catalog,
  id: string,
  { actor, reason, forMs, signal, onWait }: BringOptions,
): Promise<ModelDownload | NoDownload> {
  const options = { actor, reason, forMs, inPlace: true }
  try {
    return await catalog.downloads.begin(id, options)
  } catch (error) {
    const waitMs = isCatalogError(error, 'IN_USE') ? findWaitMs(error) : Number.POSITIVE_INFINITY
    if (waitMs > forMs) throw error
    onWait?.({ id, waitMs: Math.max(0, Math.ceil(waitMs)) })
    await waitFor(Math.max(0, waitMs) + 1, signal)
    return await catalog.downloads.begin(id, options)
  }
}

/** An abort rejects with the reason of the signal; `setTimeout` alone has an error of its own. */
async function waitFor(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(waitMs, undefined, signal && { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

function findWaitMs({ details: { users } }: CatalogError<'IN_USE'>): number {
  return Math.max(...users.map(({ until }) => Date.parse(until) - Date.now()))
}

function toBundleFile({ files }: BundleModel, { part }: DownloadFile): BundleFile {
  const found = files.find(({ path }) => path === part?.path)
  if (found === undefined) throw new TypeError('a download has the files of its model')
  return found
}

/** What is at the place of a new model and has its bytes is taken for it; anything else is not touched. */
async function assertNothingElseThere(
  { files }: ModelDownload,
  model: BundleModel,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const file of files) {
    const { path, isPresent } = file
    if (!(await exists(path))) continue
    const { digest } = toBundleFile(model, file)
    if (isPresent && (await digestFile(path, { signal })).digest === digest) continue
    const details = { operation: 'write', path, errno: 'EEXIST' } as const
    throw new CatalogError('IO', `cannot write ${path}: something else is there`, details)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw toFileError(error, 'look at', path)
  }
}

/** NO_SPACE if the files do not fit. On the disk of the bundle itself they may be reflinks, which need no space. */
async function assertSpace(
  bundle: Bundle,
  model: BundleModel,
  files: readonly DownloadFile[],
): Promise<void> {
  const [first] = files
  if (first === undefined) return
  const path = dirname(first.partialPath)
  const neededBytes = sumOf(files.map((file) => toBundleFile(model, file)))
  await withDiskErrors('look at', path, async () => {
    const { bavail, bsize } = await statfs(path)
    if (neededBytes <= bavail * bsize) return
    if ((await stat(path)).dev === (await stat(bundle.directory)).dev) return
    const message = `${path} needs ${neededBytes} bytes for ${model.id}, and its disk has ${bavail * bsize} bytes free`
    throw new CatalogError('NO_SPACE', message, { path, outcome: 'none' })
  })
}

function sumOf(files: readonly BundleFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

import type { DownloadFailure, FinishDownloadOptions, ModelDownload, NoDownload } from 'model-catalog'
import { formatVerified } from '../../catalog/verify-one.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { createProgress } from '../../output/progress.ts'
import { toJsonEntry } from '../../show/entry-json.ts'
import { formatBytes } from '../../text/bytes.ts'

export interface DownloadCommandOptions {
  readonly id: string
  readonly holder: string
  readonly forMs?: number | undefined
  readonly ifRevision?: number | undefined
}

/** Makes the holder the only one to download a model, and prints for each file what is to be done, and where. */
export async function runBeginDownload(
  invocation: Invocation,
  { id, inPlace, ...options }: DownloadCommandOptions & { readonly inPlace: boolean },
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const how = { ...options, inPlace, ...attributionOf(invocation) }
    const download = await catalog.downloads.begin(id, how)
    if (download.needed) printFiles(invocation, download)
    else
      output.note(`${id}: ${download.entry.state}, its files are as they were verified: nothing to download`)
    output.printJson(toJsonDownload(download))
  })
}

/** Keeps the holder's download from others for longer. */
export async function runRenewDownload(
  invocation: Invocation,
  { id, ...options }: DownloadCommandOptions,
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const how = { ...options, ...attributionOf(invocation) }
    const entry = await catalog.downloads.renew(id, how)
    output.print(`${id}: ${options.holder} downloads it until ${entry.download?.until}`)
    output.printJson(toJsonEntry(entry))
  })
}

/** Gives the holder's download up. */
export async function runAbandonDownload(
  invocation: Invocation,
  { id, ...options }: DownloadCommandOptions & { readonly failed: DownloadFailure | undefined },
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const entry = await catalog.downloads.abandon(id, { ...options, ...attributionOf(invocation) })
    output.print(`${id}: the download is given up; what was downloaded stays`)
    output.printJson(toJsonEntry(entry))
  })
}

/** Takes what was downloaded, if it is right. */
export async function runFinishDownload(
  invocation: Invocation,
  { id, ...options }: Omit<DownloadCommandOptions, 'ifRevision'>,
): Promise<undefined> {
  const { output, signal } = invocation
  const progress = createProgress(output, id)
  try {
    await withCatalog(invocation, async (catalog) => {
      const onProgress = progress.update.bind(progress)
      const how: FinishDownloadOptions = { ...options, signal, onProgress, ...attributionOf(invocation) }
      const entry = await catalog.downloads.finish(id, how)
      progress.finish()
      output.print(formatVerified(entry))
      output.printJson(toJsonEntry(entry))
    })
  } finally {
    progress.clear()
  }
}

/** The lines are for scripts; what a person wants to know besides goes to stderr. */
function printFiles({ output }: Invocation, { files, holder, until, id }: ModelDownload): void {
  for (const { path, partialPath, isPresent, start } of files) {
    output.print(isPresent ? `verify ${path}` : `fetch ${partialPath}`)
    if (!isPresent && start.resume) output.note(`  known to be right up to ${formatBytes(start.fromByte)}`)
  }
  output.note(`${id}: ${holder} downloads it until ${until}`)
}

function toJsonDownload(download: ModelDownload | NoDownload): unknown {
  return { ...download, entry: toJsonEntry(download.entry) }
}

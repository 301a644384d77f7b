import { readFile, rm, writeFile } from 'node:fs/promises'
import {
  type Catalog,
  createDigestStream,
  type DownloadFile,
  openPartialFile,
  saveCheckpoint,
} from 'model-catalog'

/** Where a model comes from, and how much of it may have to be fetched again after a crash. */
export interface Provision {
  readonly id: string
  readonly url: string
  readonly checkpointEveryBytes?: number
}

/** Fetches a model of one file, unless it is there and verified. May be killed at any moment, and run again. */
export async function provision(
  catalog: Catalog,
  { id, url, checkpointEveryBytes }: Provision,
): Promise<void> {
  const download = await catalog.downloads.begin(id) // IN_USE while another provisioner is at it
  if (!download.needed) return
  for (const file of download.files) {
    if (!file.isPresent) await fetchFile(url, file)
  }
  await catalog.downloads.finish(id) // reads the file back; DIGEST_MISMATCH once a wrong one is quarantined
  for (const { partialPath } of download.files) await rm(etagPathOf(partialPath), { force: true })

  async function fetchFile(from: string, { partialPath, start }: DownloadFile): Promise<void> {
    const etag = start.resume ? await readEtag(partialPath) : undefined
    const headers = { range: `bytes=${start.fromByte}-`, 'if-range': etag ?? '' }
    const response = await fetch(from, etag === undefined ? {} : { headers })
    // All of it was there: what lies behind the checkpoint goes, `downloads.finish` looks at the rest.
    if (response.status === 416) {
      const whole = await openPartialFile(partialPath, { fromByte: start.fromByte })
      return whole.close()
    }
    // No URL in an error: it may carry credentials.
    if (!response.ok || response.body === null) throw new Error(`the source answers ${response.status}`)
    // A source that knows no If-Range sends the end of whatever it has by now.
    if (response.status === 206 && response.headers.get('etag') !== etag) {
      await rm(etagPathOf(partialPath), { force: true })
      throw new Error('the source has another version: the next run starts over')
    }
    const { fromByte, resumeFrom } = response.status === 206 ? start : { fromByte: 0, resumeFrom: undefined }
    // From 0 this also forgets the checkpoint: only then may the name of other bytes be written down.
    const partial = await openPartialFile(partialPath, { fromByte })
    await writeFile(etagPathOf(partialPath), response.headers.get('etag') ?? '')
    const digest = createDigestStream({
      resumeFrom,
      checkpointEveryBytes,
      onCheckpoint: async (checkpoint) => {
        await saveCheckpoint(partialPath, checkpoint)
        await catalog.downloads.renew(id)
      },
    })
    await response.body.pipeThrough(digest).pipeTo(partial)
  }
}

/** The version of the bytes in the partial file; undefined if it is not known. */
async function readEtag(partialPath: string): Promise<string | undefined> {
  const etag = await readFile(etagPathOf(partialPath), 'utf8').catch(() => '')
  return etag === '' ? undefined : etag
}

function etagPathOf(partialPath: string): string {
  return `${partialPath}.etag`
}

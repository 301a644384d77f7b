// node download.mjs <url> <path> <expected>: downloads in steps small enough to be killed in each.
import { createDigestStream, openPartialFile, resumeDownload, saveCheckpoint } from '@catalog/verify'

const [url = '', path = '', expected = ''] = process.argv.slice(2)

function report(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function download(): Promise<void> {
  const start = await resumeDownload(path)
  report(`start ${start.fromByte} ${start.resume ? 'resumed' : start.reason}`)
  const headers = start.resume ? { range: `bytes=${start.fromByte}-` } : undefined
  const response = await fetch(url, headers === undefined ? {} : { headers })
  if (response.status !== (start.resume ? 206 : 200) || response.body === null) {
    throw new Error(`the server answers ${response.status}`)
  }
  const stream = createDigestStream({
    expected,
    resumeFrom: start.resumeFrom,
    checkpointEveryBytes: 256 * 1024,
    onCheckpoint: async (checkpoint) => {
      report('saving')
      report(`saved ${await saveCheckpoint(path, checkpoint)}`)
    },
  })
  await response.body.pipeThrough(stream).pipeTo(await openPartialFile(path, start))
  const { digest, sizeBytes } = await stream.result
  report(`done ${digest} ${sizeBytes}`)
}

await download()

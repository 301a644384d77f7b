// node download.js <url> <path> <expected>: downloads in steps, and can be killed before each of them.
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { createDigestStream, openPartialFile, resumeDownload, saveCheckpoint } from '@catalog/verify'
import { pauseAt, pauseAtChanges } from './pause-at.ts'

const [url = '', path = '', expected = ''] = process.argv.slice(2)

async function request(fromByte: number): Promise<ReadableStream<Uint8Array>> {
  const asked = get(url, { headers: fromByte === 0 ? {} : { range: `bytes=${fromByte}-` } })
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const status = fromByte === 0 ? 200 : 206
  if (response.statusCode !== status) throw new Error(`the server answers ${response.statusCode}`)
  return Readable.toWeb(response) as ReadableStream<Uint8Array>
}

async function download(): Promise<void> {
  const start = await resumeDownload(path)
  pauseAt(`start ${start.fromByte} ${start.resume ? 'resumed' : start.reason}`)
  const body = await request(start.fromByte)
  const stream = createDigestStream({
    expected,
    resumeFrom: start.resumeFrom,
    checkpointEveryBytes: 256 * 1024,
    onCheckpoint: async (checkpoint) => {
      pauseAt('saving')
      pauseAt(`saved ${await saveCheckpoint(path, checkpoint)}`)
    },
  })
  await body.pipeThrough(stream).pipeTo(await openPartialFile(path, { fromByte: start.fromByte }))
  const { digest, sizeBytes } = await stream.result
  pauseAt(`done ${digest} ${sizeBytes}`)
}

await pauseAtChanges()
await download()

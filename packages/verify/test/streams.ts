import { createHash } from 'node:crypto'
import { onTestFinished } from 'vitest'
import {
  createDigestStream,
  type DigestStreamOptions,
  type HashCheckpoint,
  type StreamDigest,
} from '../src/index.ts'

/** Some bytes. */
export const MESSAGE: Uint8Array = Uint8Array.from(
  { length: 5000 },
  (_, index) => (index * 7 + (index >> 8)) % 256,
)

/** Of FIPS 180-4: a text and its digest. */
export const VECTORS: readonly (readonly [text: string, digest: string])[] = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
]

/** The digest by other means than those under test. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The bytes cut at the given places, in any order and with repetitions, which give empty chunks. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return cuts.slice(1).map((cut, index) => bytes.slice(cuts[index], cut))
}

export interface Passed extends StreamDigest {
  readonly bytes: Uint8Array
}

/** What comes out of a digest stream, and what it says of it. */
export async function pass(chunks: readonly Uint8Array[], options?: DigestStreamOptions): Promise<Passed> {
  const stream = createDigestStream(options)
  const received: Uint8Array[] = []
  const sink = new WritableStream<Uint8Array>({ write: (chunk) => void received.push(chunk) })
  await ReadableStream.from(chunks).pipeThrough(stream).pipeTo(sink)
  return { bytes: new Uint8Array(Buffer.concat(received)), ...(await stream.result) }
}

/** The checkpoints that a digest stream gives of these chunks. */
export async function collectCheckpoints(
  chunks: readonly Uint8Array[],
  options: DigestStreamOptions,
): Promise<readonly HashCheckpoint[]> {
  const checkpoints: HashCheckpoint[] = []
  await pass(chunks, { ...options, onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint) })
  return checkpoints
}

/** How many rejections were unhandled until the end of the test. */
export function countUnhandled(): () => number {
  let count = 0
  const onUnhandled = () => {
    count += 1
  }
  process.on('unhandledRejection', onUnhandled)
  onTestFinished(() => void process.off('unhandledRejection', onUnhandled))
  return () => count
}

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDigestStream, type HashCheckpoint, resumeDownload } from '../src/index.ts'
import { type Interrupted, interruptDownload } from './interrupted-download.ts'
import { openWorkspace } from './workspace.ts'

/** A checkpoint that is whole in itself, with other fields. */
function remake(checkpoint: HashCheckpoint, changes: Partial<HashCheckpoint>): HashCheckpoint {
  const { offset, state, tail, file } = { ...checkpoint, ...changes }
  const values = [1, offset, state, tail.sizeBytes, tail.digest, file?.dev ?? null, file?.ino ?? null]
  const checksum = createHash('sha256').update(JSON.stringify(values)).digest('hex')
  return { ...checkpoint, ...changes, checksum }
}

describe('a checkpoint that is not whole is refused', () => {
  let interrupted: Interrupted
  let removeWorkspace: () => void
  beforeAll(async () => {
    const { directory, remove } = openWorkspace()
    removeWorkspace = remove
    interrupted = await interruptDownload({ directory })
  })
  afterAll(() => removeWorkspace())

  it.each<[name: string, reason: string, change: (given: HashCheckpoint) => unknown]>([
    ['another version', 'foreign-checkpoint', (given) => ({ ...given, version: 2 })],
    ['no version', 'damaged-checkpoint', (given) => ({ ...given, version: undefined })],
    ['nothing', 'damaged-checkpoint', () => null],
    ['text', 'damaged-checkpoint', () => 'checkpoint'],
    ['another offset', 'damaged-checkpoint', (given) => ({ ...given, offset: given.offset + 1 })],
    [
      'an offset that its state denies',
      'damaged-checkpoint',
      (given) => remake(given, { offset: given.offset / 2 }),
    ],
    [
      'a flipped bit in its state',
      'damaged-checkpoint',
      (given) => ({ ...given, state: flipBit(given.state) }),
    ],
    ['another checksum', 'damaged-checkpoint', (given) => ({ ...given, checksum: '0'.repeat(64) })],
    [
      'a tail of no bytes',
      'damaged-checkpoint',
      (given) => remake(given, { tail: { ...given.tail, sizeBytes: 0 } }),
    ],
    ['a state of another length', 'damaged-checkpoint', (given) => remake(given, { state: 'AAAA' })],
    ['a tail longer than the file', 'damaged-checkpoint', withLongTail],
    ['the state of another build', 'foreign-checkpoint', withForeignState],
    ['another file', 'another-file', (given) => remake(given, { file: { dev: '1', ino: '1' } })],
  ])('that has %s: %s', async (_name, reason, change) => {
    const { path, given } = interrupted
    expect(await resumeDownload(path, change(given))).toMatchObject({ resume: false, reason })
  })

  it('that names no file but is beside one', async () => {
    const { path, checkpointPath, given } = await interruptDownload()
    writeFileSync(checkpointPath, `${JSON.stringify(given)}\n`)
    expect(await resumeDownload(path)).toMatchObject({ resume: false, reason: 'damaged-checkpoint' })
  })

  it('by the stream too, at once or before the first byte', async () => {
    const { given } = interrupted
    const invalid = expect.objectContaining({ code: 'INVALID_INPUT' })
    expect(() => createDigestStream({ resumeFrom: { ...given, offset: 5 } })).toThrow(invalid)
    const stream = createDigestStream({ resumeFrom: withForeignState(given) })
    await expect(stream.readable.getReader().read()).rejects.toEqual(invalid)
    await expect(stream.result).rejects.toEqual(invalid)
  })

  function withLongTail(given: HashCheckpoint): HashCheckpoint {
    return remake(given, { tail: { ...given.tail, sizeBytes: given.offset + 1 } })
  }

  function withForeignState(given: HashCheckpoint): HashCheckpoint {
    return remake(given, { state: flipBit(given.state, 0) })
  }

  /** By default in a hash word, where nothing but a checksum can tell. */
  function flipBit(state: string, index = 80): string {
    const bytes = Buffer.from(state, 'base64')
    bytes[index] = (bytes[index] ?? 0) ^ 1
    return bytes.toString('base64')
  }
})

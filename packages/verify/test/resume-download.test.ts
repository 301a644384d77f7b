import { createHash } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createDigestStream,
  type HashCheckpoint,
  openPartialFile,
  removeCheckpoint,
  resumeDownload,
  saveCheckpoint,
} from '../src/index.ts'
import { createWorkspace, listOpenFiles } from './workspace.ts'

const MIB = 1024 * 1024
const SIZE_BYTES = 3 * MIB + 11
const CHUNK_BYTES = 64 * 1024
const MODEL = Uint8Array.from({ length: SIZE_BYTES }, (_, index) => (index * 31 + (index >> 13)) % 256)
const DIGEST = createHash('sha256').update(MODEL).digest('hex')

/** The model from a byte on, breaking off at another one as a connection does. */
async function* send(fromByte: number, breakAt = SIZE_BYTES): AsyncGenerator<Uint8Array> {
  for (let start = fromByte; start < breakAt; start += CHUNK_BYTES) {
    yield MODEL.slice(start, Math.min(start + CHUNK_BYTES, SIZE_BYTES))
  }
  if (breakAt < SIZE_BYTES) throw new Error('the connection is gone')
}

interface Interrupted {
  readonly path: string
  readonly checkpointPath: string
  /** As the stream gave it, bound to no file. */
  readonly given: HashCheckpoint
}

/** A download that broke off after 2.5 MiB, with a checkpoint at 2 MiB. */
async function interruptDownload(): Promise<Interrupted> {
  const path = join(createWorkspace(), 'model.part')
  const given: HashCheckpoint[] = []
  const stream = createDigestStream({
    checkpointEveryBytes: MIB,
    onCheckpoint: async (checkpoint) => {
      given.push(checkpoint)
      expect(await saveCheckpoint(path, checkpoint)).toBe(true)
    },
  })
  const piping = ReadableStream.from(send(0, 2.5 * MIB))
    .pipeThrough(stream)
    .pipeTo(await openPartialFile(path))
  await expect(piping).rejects.toThrow('the connection is gone')
  const last = given.at(-1)
  if (last?.offset !== 2 * MIB) return expect.unreachable(`the last checkpoint is at ${last?.offset}`)
  return { path, checkpointPath: `${path}.checkpoint`, given: last }
}

async function finishDownload(path: string): Promise<{ digest: string; fromByte: number }> {
  const { fromByte, resumeFrom } = await resumeDownload(path)
  const stream = createDigestStream({ expected: DIGEST, resumeFrom })
  const sink = await openPartialFile(path, { fromByte })
  await ReadableStream.from(send(fromByte)).pipeThrough(stream).pipeTo(sink)
  const { digest } = await stream.result
  expect(readFileSync(path).equals(MODEL)).toBe(true)
  return { digest, fromByte }
}

function overwrite(path: string, position: number): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, Buffer.from([255 ^ (MODEL[position] ?? 0)]), 0, 1, position)
  closeSync(fd)
}

function replaceByCopy(path: string): void {
  copyFileSync(path, `${path}.copy`)
  renameSync(`${path}.copy`, path)
}

function replaceByLink(path: string): void {
  renameSync(path, `${path}.moved`)
  symlinkSync(`${path}.moved`, path)
}

function replaceByDirectory(path: string): void {
  rmSync(path)
  mkdirSync(path)
}

/** A checkpoint that is whole in itself, with other fields. */
function remake(checkpoint: HashCheckpoint, changes: Partial<HashCheckpoint>): HashCheckpoint {
  const { offset, state, tail, file } = { ...checkpoint, ...changes }
  const values = [1, offset, state, tail.sizeBytes, tail.digest, file?.dev ?? null, file?.ino ?? null]
  const checksum = createHash('sha256').update(JSON.stringify(values)).digest('hex')
  return { ...checkpoint, ...changes, checksum }
}

function expectClosed(path: string): void {
  if (existsSync('/proc/self/fd')) expect(listOpenFiles()).not.toContain(path)
}

describe('an interrupted download', () => {
  it('goes on at its last checkpoint', async () => {
    const { path, given } = await interruptDownload()
    const start = await resumeDownload(path)
    expect(start).toMatchObject({ resume: true, fromByte: 2 * MIB, excessBytes: 0.5 * MIB })
    expect(start.resumeFrom).toMatchObject({ offset: 2 * MIB, state: given.state, tail: given.tail })
    expect(await finishDownload(path)).toEqual({ digest: DIGEST, fromByte: 2 * MIB })
  })

  it('goes on from a checkpoint that the caller kept, in whatever order its fields are', async () => {
    const { path, given } = await interruptDownload()
    rmSync(`${path}.checkpoint`)
    const kept = Object.fromEntries(Object.entries(given).reverse())
    expect(await resumeDownload(path, kept)).toMatchObject({ resume: true, fromByte: 2 * MIB })
  })

  it('ignores bytes after the checkpoint, whatever they are', async () => {
    const { path } = await interruptDownload()
    overwrite(path, 2 * MIB)
    appendFileSync(path, new Uint8Array(2 * MIB))
    expect(await finishDownload(path)).toEqual({ digest: DIGEST, fromByte: 2 * MIB })
  })

  it('goes on where the file ends at the checkpoint', async () => {
    const { path } = await interruptDownload()
    truncateSync(path, 2 * MIB)
    expect(await resumeDownload(path)).toMatchObject({ resume: true, excessBytes: 0 })
  })

  it('goes on where only the times of the file changed', async () => {
    const { path } = await interruptDownload()
    utimesSync(path, 1, 1)
    expect(await resumeDownload(path)).toMatchObject({ resume: true })
  })

  it('is not changed by looking', async () => {
    const { path, checkpointPath } = await interruptDownload()
    const look = () => [path, checkpointPath].map((it) => [statSync(it).ctimeMs, statSync(it).size])
    const before = look()
    await resumeDownload(path)
    expect(look()).toEqual(before)
  })
})

describe('a file that does not fit its checkpoint starts over', () => {
  it.each<[name: string, reason: string, change: (path: string) => void]>([
    ['removed', 'no-file', (path) => rmSync(path)],
    ['truncated', 'shorter-than-checkpoint', (path) => truncateSync(path, 2 * MIB - 1)],
    ['empty', 'shorter-than-checkpoint', (path) => truncateSync(path, 0)],
    ['replaced by a copy of the same size', 'another-file', replaceByCopy],
    ['overwritten in the last byte of its tail', 'other-bytes', (path) => overwrite(path, 2 * MIB - 1)],
    ['overwritten in the first byte of its tail', 'other-bytes', (path) => overwrite(path, MIB)],
    ['replaced by a link', 'not-a-regular-file', replaceByLink],
    ['replaced by a directory', 'not-a-regular-file', replaceByDirectory],
    ['without a checkpoint', 'no-checkpoint', (path) => rmSync(`${path}.checkpoint`)],
    ['with a link for a checkpoint', 'damaged-checkpoint', (path) => replaceByLink(`${path}.checkpoint`)],
    [
      'with a directory for a checkpoint',
      'damaged-checkpoint',
      (path) => replaceByDirectory(`${path}.checkpoint`),
    ],
    ['with a huge checkpoint', 'damaged-checkpoint', (path) => truncateSync(`${path}.checkpoint`, 400e9)],
  ])('%s: %s', async (_name, reason, change) => {
    const { path } = await interruptDownload()
    change(path)
    const start = await resumeDownload(path)
    expect(start).toMatchObject({ resume: false, reason, fromByte: 0, resumeFrom: undefined })
    expect(start).toHaveProperty('detail', expect.stringMatching(/\w/u))
    if (!reason.startsWith('not-'))
      expect((await finishDownload(path).catch(() => undefined))?.fromByte ?? 0).toBe(0)
  })

  it('tells a tail overwritten even with the size and times restored', async () => {
    const { path } = await interruptDownload()
    const { atime, mtime } = statSync(path)
    overwrite(path, 1.5 * MIB)
    utimesSync(path, atime, mtime)
    expect(await resumeDownload(path)).toMatchObject({ resume: false, reason: 'other-bytes' })
  })
})

describe('a checkpoint that is not whole is refused', () => {
  /** All at once: each look waits until a change after it must show in the times of what it looks at. */
  async function expectRefused(path: string, texts: readonly (string | Uint8Array)[]): Promise<void> {
    const looks = texts.map(async (text, index) => {
      const name = `${path}.${index}`
      rmSync(name, { force: true })
      linkSync(path, name)
      writeFileSync(`${name}.checkpoint`, text)
      const start = await resumeDownload(name)
      if (start.resume || !/-checkpoint$/u.test(start.reason))
        expect.unreachable(`text ${index} was believed`)
    })
    await Promise.all(looks)
  }

  it('with any byte changed', async () => {
    const { path, checkpointPath } = await interruptDownload()
    const whole = readFileSync(checkpointPath)
    await expectRefused(
      path,
      [...whole].map((byte, index) => whole.with(index, byte ^ (1 << (index % 8)))),
    )
    await expectRefused(
      path,
      [...whole].map((byte, index) => whole.with(index, byte === 0x20 ? 0x0a : 0x20)),
    )
    linkSync(path, `${path}.whole`)
    writeFileSync(`${path}.whole.checkpoint`, whole)
    expect(await resumeDownload(`${path}.whole`)).toMatchObject({ resume: true })
  })

  it('cut off anywhere, or with something behind it', async () => {
    const { path, checkpointPath } = await interruptDownload()
    const whole = readFileSync(checkpointPath)
    const more = ['\n', ' ', '{}', whole.toString(), '\n'.repeat(5000)]
    await expectRefused(
      path,
      Array.from(whole, (_, length) => whole.subarray(0, length)),
    )
    await expectRefused(
      path,
      more.map((text) => `${whole}${text}`),
    )
  })

  it.each<[name: string, reason: string, change: (given: HashCheckpoint) => unknown]>([
    ['another version', 'foreign-checkpoint', (given) => ({ ...given, version: 2 })],
    ['no version', 'damaged-checkpoint', (given) => ({ ...given, version: undefined })],
    ['nothing', 'damaged-checkpoint', () => null],
    ['text', 'damaged-checkpoint', () => 'checkpoint'],
    ['another offset', 'damaged-checkpoint', (given) => ({ ...given, offset: given.offset + 1 })],
    ['an offset that its state denies', 'damaged-checkpoint', (given) => remake(given, { offset: MIB })],
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
    const { path, given } = await interruptDownload()
    expect(await resumeDownload(path, change(given))).toMatchObject({ resume: false, reason })
  })

  it('that was saved for no file but lies beside one', async () => {
    const { path, checkpointPath, given } = await interruptDownload()
    writeFileSync(checkpointPath, `${JSON.stringify(given)}\n`)
    expect(await resumeDownload(path)).toMatchObject({ resume: false, reason: 'damaged-checkpoint' })
  })

  it('by the stream too, at once or before the first byte', async () => {
    const { given } = await interruptDownload()
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

describe('a saved checkpoint', () => {
  it('can be read by the owner only, and leaves nothing else behind', async () => {
    const { path, checkpointPath, given } = await interruptDownload()
    writeFileSync(`${checkpointPath}.new`, 'left by a crash', { mode: 0o666 })
    expect(await saveCheckpoint(path, given)).toBe(true)
    expect(statSync(checkpointPath).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(path, '..')).sort()).toEqual(['model.part', 'model.part.checkpoint'])
  })

  it('is not written through a link planted in its place', async () => {
    const { path, checkpointPath, given } = await interruptDownload()
    const victim = join(path, '..', 'victim')
    writeFileSync(victim, 'precious')
    rmSync(checkpointPath)
    for (const name of [checkpointPath, `${checkpointPath}.new`]) symlinkSync(victim, name)
    expect(await saveCheckpoint(path, given)).toBe(true)
    expect(readFileSync(victim, 'utf8')).toBe('precious')
    expect(await resumeDownload(path)).toMatchObject({ resume: true })
  })

  it.each<[name: string, change: (path: string) => void]>([
    ['ends before the offset', (path) => truncateSync(path, 2 * MIB - 1)],
    [
      'has room for the bytes and not yet the bytes',
      (path) => {
        truncateSync(path, MIB)
        truncateSync(path, 3 * MIB)
      },
    ],
  ])('is not made of a file that %s; the one before stays', async (_name, change) => {
    const { path, checkpointPath, given } = await interruptDownload()
    const before = readFileSync(checkpointPath)
    change(path)
    expect(await saveCheckpoint(path, given)).toBe(false)
    expect(readFileSync(checkpointPath).equals(before)).toBe(true)
  })

  it('is refused where there is no file, none to write, or no checkpoint', async () => {
    const { path, given } = await interruptDownload()
    await expect(saveCheckpoint(`${path}.other`, given)).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(saveCheckpoint('/dev/null', given)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    await expect(saveCheckpoint('a\0b', given)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    const torn = { ...given, offset: 1 }
    await expect(saveCheckpoint(path, torn)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('is removed, and need not be there for it', async () => {
    const { path, checkpointPath } = await interruptDownload()
    await removeCheckpoint(path)
    expect(existsSync(checkpointPath)).toBe(false)
    await removeCheckpoint(path)
  })
})

describe('a partial file', () => {
  it('started over has no checkpoint that could fit it later', async () => {
    const { path, checkpointPath } = await interruptDownload()
    const sink = await openPartialFile(path)
    expect([existsSync(checkpointPath), statSync(path).size]).toEqual([false, 0])
    await sink.abort()
  })

  it('keeps its checkpoint where it goes on, and what was written when aborted', async () => {
    const { path, checkpointPath } = await interruptDownload()
    const sink = await openPartialFile(path, { fromByte: 2 * MIB })
    expect([existsSync(checkpointPath), statSync(path).size]).toEqual([true, 2 * MIB])
    const writer = sink.getWriter()
    await writer.write(new Uint8Array(10))
    await writer.abort('enough')
    expectClosed(path)
    expect(statSync(path).size).toBe(2 * MIB + 10)
  })

  it.each<[code: string, fromByte: number, prepare: (path: string) => void]>([
    ['FILE_MISSING', 1, () => undefined],
    ['SIZE_MISMATCH', 8, (path) => writeFileSync(path, 'a model')],
    ['NOT_A_REGULAR_FILE', 0, (path) => mkdirSync(path)],
    ['NOT_A_REGULAR_FILE', 0, (path) => symlinkSync('elsewhere', path)],
    ['INVALID_INPUT', -1, () => undefined],
    ['INVALID_INPUT', 0.5, () => undefined],
  ])('is refused with %s from byte %d', async (code, fromByte, prepare) => {
    const path = join(createWorkspace(), 'model.part')
    prepare(path)
    await expect(openPartialFile(path, { fromByte })).rejects.toMatchObject({ code })
    expectClosed(path)
  })

  it('refuses what is not bytes', async () => {
    const path = join(createWorkspace(), 'model.part')
    const writer = (await openPartialFile(path)).getWriter()
    await expect(writer.write('text' as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(writer.closed).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expectClosed(path)
  })
})

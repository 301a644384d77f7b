import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isAvailable, lacks } from '@catalog/testkit/running'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditFile, type ByteRange, type ChunkMap, digestFile, repairRange } from '../src/index.ts'
import { asPlainUser } from './plain-user.ts'
import { createSparseFile, createWorkspace, listOpenFiles } from './workspace.ts'

const MIB = 1024 * 1024
const CHUNK_BYTES = 16 * MIB
const SIZE_BYTES = CHUNK_BYTES + 5
/** Both chunks. */
const DAMAGED: ByteRange = { offset: 0, length: SIZE_BYTES }
const LAST: ByteRange = { offset: CHUNK_BYTES, length: 5 }

interface DamagedModel {
  readonly path: string
  readonly map: ChunkMap
}

/** Zeros, but for the first bytes of each mebibyte: the file of it is soon written. */
let content: Buffer
let damagedContent: Buffer
let readContent: Buffer
let map: ChunkMap
beforeAll(async () => {
  content = Buffer.alloc(SIZE_BYTES)
  for (let at = 0; at < SIZE_BYTES; at += MIB) content.writeUInt32BE(at + 1, at)
  damagedContent = Buffer.from(content)
  damagedContent.write('damaged', 9)
  damagedContent.write('bad', CHUNK_BYTES + 1)
  readContent = Buffer.alloc(SIZE_BYTES + 1)
  const directory = mkdtempSync(join(tmpdir(), 'verify-repair-'))
  const path = join(directory, 'model.gguf')
  writeContent(path)
  map = (await digestFile(path, { chunkMap: true })).chunks
  rmSync(directory, { recursive: true })
})
// The module outlives its tests.
afterAll(() => {
  content = damagedContent = readContent = Buffer.alloc(0)
})

function hasContent(path: string, expected: Buffer): boolean {
  const fd = openSync(path, 'r')
  const sizeBytes = readSync(fd, readContent, 0, readContent.length, 0)
  closeSync(fd)
  return readContent.subarray(0, sizeBytes).equals(expected)
}

function writeContent(path: string): void {
  createSparseFile(path, SIZE_BYTES)
  const fd = openSync(path, 'r+')
  for (let at = 0; at < SIZE_BYTES; at += MIB) writeSync(fd, content, at, 4, at)
  closeSync(fd)
}

/** A file whose two chunks are damaged. */
function createDamaged(): DamagedModel {
  const path = join(createWorkspace(), 'model.gguf')
  writeContent(path)
  const fd = openSync(path, 'r+')
  writeSync(fd, 'damaged', 9)
  writeSync(fd, 'bad', CHUNK_BYTES + 1)
  closeSync(fd)
  return { path, map }
}

function bytesOf({ offset, length }: ByteRange): Uint8Array {
  return content.subarray(offset, offset + length)
}

async function* stream(bytes: Uint8Array, pieceBytes = 1_000_003): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += pieceBytes)
    yield bytes.subarray(start, start + pieceBytes)
}

function wrongAt(range: ByteRange, index: number): Uint8Array {
  const bytes = new Uint8Array(bytesOf(range))
  bytes[index] = (bytes[index] ?? 0) ^ 1
  return bytes
}

describe('repairing a range', () => {
  it.each([
    ['at once', () => bytesOf(DAMAGED)],
    ['as a stream', () => stream(bytesOf(DAMAGED))],
    ['as a stream of one piece', () => stream(bytesOf(DAMAGED), SIZE_BYTES)],
  ])('makes the file what it was, with bytes given %s', async (_name, bytes) => {
    const { path, map } = createDamaged()
    await repairRange(path, map, DAMAGED, bytes())
    expect(hasContent(path, content)).toBe(true)
  })

  it('begins with what an audit tells, and ends with an audit that finds nothing', async () => {
    const { path, map } = createDamaged()
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged: [DAMAGED] })
    await repairRange(path, map, DAMAGED, bytesOf(DAMAGED))
    expect(await auditFile(path, map)).toEqual({ ok: true })
  })

  it('leaves the rest of the file alone', async () => {
    const { path, map } = createDamaged()
    await repairRange(path, map, LAST, bytesOf(LAST))
    const damaged = [{ offset: 0, length: CHUNK_BYTES }]
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged })
  })

  it.each([
    ['in the last chunk', CHUNK_BYTES + 1, LAST],
    ['in the first one', 1, DAMAGED],
  ])('restores what a file lost at its end, %s', async (_name, leftBytes, range) => {
    const path = join(createWorkspace(), 'model.gguf')
    writeContent(path)
    truncateSync(path, leftBytes)
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged: [range] })
    await repairRange(path, map, range, stream(bytesOf(range)))
    expect(hasContent(path, content)).toBe(true)
  })
})

describe('wrong bytes', () => {
  it.each([0, CHUNK_BYTES + 4])('at %i, given at once, leave the file untouched', async (index) => {
    const { path, map } = createDamaged()
    const sizeBytes = index < CHUNK_BYTES ? CHUNK_BYTES : 5
    const failure = { code: 'DIGEST_MISMATCH', details: { path, sizeBytes } }
    await expect(repairRange(path, map, DAMAGED, wrongAt(DAMAGED, index))).rejects.toMatchObject(failure)
    expect(hasContent(path, damagedContent)).toBe(true)
  })

  it('in the first chunk of a stream leave the file untouched', async () => {
    const { path, map } = createDamaged()
    const expected = { code: 'DIGEST_MISMATCH', details: { expected: map.chunks[0] } }
    await expect(repairRange(path, map, DAMAGED, stream(wrongAt(DAMAGED, 7)))).rejects.toMatchObject(expected)
    expect(hasContent(path, damagedContent)).toBe(true)
  })

  it('in a later chunk of a stream are not written, those before it are right', async () => {
    const { path, map } = createDamaged()
    const wrong = stream(wrongAt(DAMAGED, CHUNK_BYTES + 2))
    await expect(repairRange(path, map, DAMAGED, wrong)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const damaged = [LAST]
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged })
  })

  it.each([
    ['too few', -1],
    ['too many', 1],
    ['far too many', CHUNK_BYTES],
  ])('%s are refused', async (_name, more) => {
    const { path, map } = createDamaged()
    const bytes = new Uint8Array(LAST.length + more)
    bytes.set(bytesOf(LAST).subarray(0, bytes.length))
    const details = { path, expectedBytes: LAST.length }
    for (const given of [bytes, stream(bytes)]) {
      await expect(repairRange(path, map, LAST, given)).rejects.toMatchObject({
        code: 'SIZE_MISMATCH',
        details,
      })
    }
    expect(hasContent(path, damagedContent)).toBe(true)
  })

  it('that are not bytes are refused', async () => {
    const { path, map } = createDamaged()
    const text = (async function* () {
      yield 'text' as never
    })()
    await expect(repairRange(path, map, LAST, text)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('a range that is not one of whole chunks', () => {
  it.each([
    [0, 0],
    [1, CHUNK_BYTES],
    [0, CHUNK_BYTES - 1],
    [0, CHUNK_BYTES + 1],
    [0, SIZE_BYTES + 1],
    [CHUNK_BYTES, SIZE_BYTES],
    [CHUNK_BYTES, CHUNK_BYTES],
    [SIZE_BYTES, 4],
    [-CHUNK_BYTES, 2 * CHUNK_BYTES],
    [Number.NaN, CHUNK_BYTES],
  ])('from %i with %i bytes is refused before the file is touched', async (offset, length) => {
    const repairing = repairRange('/missing', map, { offset, length }, new Uint8Array(0))
    await expect(repairing).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'range' }] },
    })
  })
})

describe('a file that cannot be repaired', () => {
  it('is missing, or a link that is not allowed', async () => {
    const { path, map } = createDamaged()
    symlinkSync(path, `${path}.link`)
    const repair = (name: string, followSymlink: boolean) =>
      repairRange(name, map, LAST, bytesOf(LAST), { followSymlink })
    await expect(repair(`${path}.nothing`, false)).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(repair(`${path}.link`, false)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    await repair(`${path}.link`, true)
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged: [{ offset: 0, length: CHUNK_BYTES }] })
  })

  it.skipIf(!isAvailable('plain-user') && lacks('other-user'))('may not be written to', async () => {
    const { path, map } = createDamaged()
    chmodSync(dirname(path), 0o755)
    chmodSync(path, 0o444)
    const details = { operation: 'open', path, errno: 'EACCES' }
    await asPlainUser(async () => {
      await expect(repairRange(path, map, LAST, bytesOf(LAST))).rejects.toMatchObject({
        code: 'IO',
        details,
      })
    })
  })

  it('was replaced meanwhile', async () => {
    const { path, map } = createDamaged()
    const bytes = (async function* () {
      yield bytesOf(LAST)
      renameSync(path, `${path}.old`)
      writeFileSync(path, 'another')
    })()
    await expect(repairRange(path, map, LAST, bytes)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      details: { path, changed: ['ino'] },
    })
    expect(readFileSync(path, 'utf8')).toBe('another')
  })
})

describe('a repair that ends early', () => {
  it('is aborted before the next chunk is written', async () => {
    const { path, map } = createDamaged()
    const controller = new AbortController()
    const bytes = (async function* () {
      yield bytesOf(DAMAGED)
      controller.abort('not wanted')
    })()
    const { signal } = controller
    await expect(
      repairRange(path, map, LAST, stream(bytesOf(LAST)), { signal: AbortSignal.abort('no') }),
    ).rejects.toBe('no')
    await expect(repairRange(path, map, DAMAGED, bytes, { signal })).rejects.toBe('not wanted')
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged: [LAST] })
  })

  it.skipIf(lacks('proc'))('closes the file and ends the stream', async () => {
    const { path, map } = createDamaged()
    let isEnded = false
    const failing = (async function* () {
      try {
        yield* stream(wrongAt(LAST, 3))
      } finally {
        isEnded = true
      }
    })()
    await expect(repairRange(path, map, LAST, failing)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(isEnded).toBe(true)
    expect(listOpenFiles()).not.toContain(path)
  })
})

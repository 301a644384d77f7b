import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { auditFile, type ByteRange, type ChunkMap, digestFile, repairRange } from '../src/index.ts'
import { createWorkspace, listOpenFiles } from './workspace.ts'

const CHUNK_BYTES = 16 * 1024 * 1024
const SIZE_BYTES = 3 * CHUNK_BYTES + 5
const CONTENT = randomBytes(SIZE_BYTES)
const MIDDLE: ByteRange = { offset: CHUNK_BYTES, length: 2 * CHUNK_BYTES }

interface DamagedModel {
  readonly path: string
  readonly map: ChunkMap
}

/** A file whose two middle chunks are damaged. */
async function createDamaged(): Promise<DamagedModel> {
  const path = join(createWorkspace(), 'model.gguf')
  writeFileSync(path, CONTENT)
  const { chunks } = await digestFile(path, { chunkMap: true })
  const fd = openSync(path, 'r+')
  writeSync(fd, 'damaged', CHUNK_BYTES + 9)
  writeSync(fd, 'damaged', 2 * CHUNK_BYTES + 9)
  closeSync(fd)
  return { path, map: chunks }
}

function bytesOf({ offset, length }: ByteRange): Uint8Array {
  return CONTENT.subarray(offset, offset + length)
}

async function* stream(bytes: Uint8Array, pieceBytes = 1_000_003): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += pieceBytes)
    yield bytes.subarray(start, start + pieceBytes)
}

function wrongAt(range: ByteRange, index: number): Uint8Array {
  const bytes = Uint8Array.from(bytesOf(range))
  bytes[index] = (bytes[index] ?? 0) ^ 1
  return bytes
}

describe('repairing a range', () => {
  it.each([
    ['at once', () => bytesOf(MIDDLE)],
    ['as a stream', () => stream(bytesOf(MIDDLE))],
    ['as a stream of one piece', () => stream(bytesOf(MIDDLE), SIZE_BYTES)],
  ])('makes the file what it was, with bytes given %s', async (_name, bytes) => {
    const { path, map } = await createDamaged()
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged: [MIDDLE] })
    await repairRange(path, map, MIDDLE, bytes())
    expect(await auditFile(path, map)).toEqual({ ok: true })
    expect(readFileSync(path).equals(CONTENT)).toBe(true)
  })

  it.each([
    ['the last chunk', { offset: 3 * CHUNK_BYTES, length: 5 }],
    ['to the end', { offset: CHUNK_BYTES, length: SIZE_BYTES - CHUNK_BYTES }],
    ['everything', { offset: 0, length: SIZE_BYTES }],
  ])('%s', async (_name, range) => {
    const { path, map } = await createDamaged()
    truncateSync(path, range.offset + 1)
    await repairRange(path, map, range, bytesOf(range))
    const { digest } = await digestFile(path)
    expect(range.offset > CHUNK_BYTES || digest === map.digest).toBe(true)
  })

  it('restores what a file lost at its end', async () => {
    const { path, map } = await createDamaged()
    truncateSync(path, CHUNK_BYTES + 1)
    const range = { offset: CHUNK_BYTES, length: SIZE_BYTES - CHUNK_BYTES }
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged: [range] })
    await repairRange(path, map, range, stream(bytesOf(range)))
    expect(await digestFile(path)).toMatchObject({ digest: map.digest })
  })
})

describe('wrong bytes', () => {
  it.each([0, CHUNK_BYTES, 2 * CHUNK_BYTES - 1])(
    'at %i, given at once, leave the file untouched',
    async (index) => {
      const { path, map } = await createDamaged()
      const before = readFileSync(path)
      const failure = { code: 'DIGEST_MISMATCH', details: { path, sizeBytes: CHUNK_BYTES } }
      await expect(repairRange(path, map, MIDDLE, wrongAt(MIDDLE, index))).rejects.toMatchObject(failure)
      expect(readFileSync(path).equals(before)).toBe(true)
    },
  )

  it('in the first chunk of a stream leave the file untouched', async () => {
    const { path, map } = await createDamaged()
    const before = readFileSync(path)
    const expected = { code: 'DIGEST_MISMATCH', details: { expected: map.chunks[1] } }
    await expect(repairRange(path, map, MIDDLE, stream(wrongAt(MIDDLE, 7)))).rejects.toMatchObject(expected)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('in a later chunk of a stream are not written, those before it are right', async () => {
    const { path, map } = await createDamaged()
    const wrong = stream(wrongAt(MIDDLE, CHUNK_BYTES + 7))
    await expect(repairRange(path, map, MIDDLE, wrong)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const damaged = [{ offset: 2 * CHUNK_BYTES, length: CHUNK_BYTES }]
    expect(await auditFile(path, map)).toEqual({ ok: false, damaged })
  })

  it.each([
    ['too few', -1],
    ['too many', 1],
    ['far too many', CHUNK_BYTES],
  ])('%s are refused', async (_name, more) => {
    const { path, map } = await createDamaged()
    const before = readFileSync(path)
    const range = { offset: CHUNK_BYTES, length: CHUNK_BYTES }
    const bytes = bytesOf({ offset: range.offset, length: range.length + more })
    const details = { path, expectedBytes: CHUNK_BYTES }
    for (const given of [bytes, stream(bytes)]) {
      await expect(repairRange(path, map, range, given)).rejects.toMatchObject({
        code: 'SIZE_MISMATCH',
        details,
      })
    }
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('that are no bytes are refused', async () => {
    const { path, map } = await createDamaged()
    const text = (async function* () {
      yield 'text' as never
    })()
    await expect(repairRange(path, map, MIDDLE, text)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('a range that is not one of whole chunks', () => {
  it.each([
    [0, 0],
    [1, CHUNK_BYTES],
    [0, CHUNK_BYTES - 1],
    [0, CHUNK_BYTES + 1],
    [CHUNK_BYTES, SIZE_BYTES],
    [3 * CHUNK_BYTES, CHUNK_BYTES],
    [SIZE_BYTES, 4],
    [-CHUNK_BYTES, 2 * CHUNK_BYTES],
    [Number.NaN, CHUNK_BYTES],
  ])('from %i with %i bytes is refused before the file is touched', async (offset, length) => {
    const { map } = await createDamaged()
    const repairing = repairRange('/missing', map, { offset, length }, new Uint8Array(0))
    await expect(repairing).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'range' }] },
    })
  })
})

describe('a file that cannot be repaired', () => {
  it('is missing, or a link that nobody allowed', async () => {
    const { path, map } = await createDamaged()
    symlinkSync(path, `${path}.link`)
    const repair = (name: string, followSymlink: boolean) =>
      repairRange(name, map, MIDDLE, bytesOf(MIDDLE), { followSymlink })
    await expect(repair(`${path}.nothing`, false)).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(repair(`${path}.link`, false)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    await repair(`${path}.link`, true)
    expect(await auditFile(path, map)).toEqual({ ok: true })
  })

  it.skipIf(process.geteuid?.() === 0)('may not be written to', async () => {
    const { path, map } = await createDamaged()
    chmodSync(path, 0o400)
    const details = { operation: 'open', path, errno: 'EACCES' }
    await expect(repairRange(path, map, MIDDLE, bytesOf(MIDDLE))).rejects.toMatchObject({
      code: 'IO',
      details,
    })
  })

  it('was replaced meanwhile', async () => {
    const { path, map } = await createDamaged()
    const bytes = (async function* () {
      yield bytesOf(MIDDLE)
      renameSync(path, `${path}.old`)
      writeFileSync(path, 'another')
    })()
    await expect(repairRange(path, map, MIDDLE, bytes)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      details: { path, changed: ['ino'] },
    })
    expect(readFileSync(path, 'utf8')).toBe('another')
  })
})

describe('a repair that ends early', () => {
  it('is aborted before the next chunk is written', async () => {
    const { path, map } = await createDamaged()
    const before = readFileSync(path)
    const controller = new AbortController()
    const bytes = (async function* () {
      yield bytesOf(MIDDLE)
      controller.abort('not wanted')
    })()
    const { signal } = controller
    const first = { offset: CHUNK_BYTES, length: CHUNK_BYTES }
    await expect(
      repairRange(path, map, first, stream(bytesOf(first)), { signal: AbortSignal.abort('no') }),
    ).rejects.toBe('no')
    await expect(repairRange(path, map, MIDDLE, bytes, { signal })).rejects.toBe('not wanted')
    expect(
      readFileSync(path)
        .subarray(2 * CHUNK_BYTES)
        .equals(before.subarray(2 * CHUNK_BYTES)),
    ).toBe(true)
  })

  it.skipIf(!existsSync('/proc/self/fd'))('closes the file and ends the stream', async () => {
    const { path, map } = await createDamaged()
    let isEnded = false
    const failing = (async function* () {
      try {
        yield* stream(wrongAt(MIDDLE, 7))
      } finally {
        isEnded = true
      }
    })()
    await expect(repairRange(path, map, MIDDLE, failing)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(isEnded).toBe(true)
    expect(listOpenFiles()).not.toContain(path)
  })
})

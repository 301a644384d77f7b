import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diagnoseFile } from '../src/index.ts'
import { GGUF, kindsOf, MIB, write } from './diagnose-models.ts'
import { createSparseFile, createWorkspace } from './workspace.ts'

describe('a file of another size', () => {
  it('is shorter by so many bytes', async () => {
    const found = await diagnoseFile(write(GGUF), { expectedSizeBytes: 200 })
    expect(found).toEqual([{ kind: 'shorter', expectedBytes: 200, foundBytes: 104, missingBytes: 96 }])
  })

  it('is longer by so many bytes', async () => {
    const found = await diagnoseFile(write(GGUF), { expectedSizeBytes: 100 })
    expect(found).toEqual([{ kind: 'longer', expectedBytes: 100, foundBytes: 104, excessBytes: 4 }])
  })

  it.each([
    [4096, 5000, 4096],
    [24 * MIB, 30 * MIB + 1, 8 * MIB],
    [8 * MIB, 24 * MIB, undefined],
    [2048, 5000, undefined],
    [0, 5000, undefined],
  ])('of %i bytes where %i are expected ends at a multiple of %s', async (found, expected, block) => {
    const path = createSparseFile(join(createWorkspace(), 'model.bin'), found)
    const diagnoses = await diagnoseFile(path, { expectedSizeBytes: expected })
    const shorter = diagnoses.find((diagnosis) => diagnosis.kind === 'shorter')
    expect(shorter?.blockBytes).toBe(block)
  })

  it('is empty before it is anything else', async () => {
    expect(await kindsOf(write(''), { expectedSizeBytes: 5 })).toEqual(['empty', 'shorter'])
  })
})

describe('zeros', () => {
  const bytes = (length: number): Buffer => Buffer.alloc(length, 7)
  function createHoled(...pieces: readonly Buffer[]): string {
    return write(Buffer.concat([GGUF, ...pieces]))
  }

  it('at the end of a small file are exact', async () => {
    const found = await diagnoseFile(createHoled(Buffer.alloc(5000)))
    expect(found).toEqual([{ kind: 'zeros', offset: 104, lengthBytes: 5000, isAtEnd: true, isExact: true }])
  })

  it('of less than 4 KiB are nothing', async () => {
    expect(await diagnoseFile(createHoled(Buffer.alloc(4095)))).toEqual([])
  })

  it('at the end count before a longer run inside', async () => {
    const path = createHoled(Buffer.alloc(9000), bytes(5), Buffer.alloc(4096))
    expect(await diagnoseFile(path)).toMatchObject([{ kind: 'zeros', offset: 9109, isAtEnd: true }])
  })

  it('in the middle of a large file are found where all is looked through', async () => {
    const path = createHoled(bytes(2 * MIB), Buffer.alloc(MIB + 5), bytes(2 * MIB))
    expect(await diagnoseFile(path)).toEqual([])
    const [found] = await diagnoseFile(path, { scan: 'whole' })
    const zeros = {
      kind: 'zeros',
      offset: 104 + 2 * MIB,
      lengthBytes: MIB + 5,
      isAtEnd: false,
      isExact: true,
    }
    expect(found).toEqual(zeros)
  })

  it('that reach beyond the scanned part are not exact', async () => {
    const path = createHoled(bytes(MIB), Buffer.alloc(3 * MIB))
    const atEnd = { kind: 'zeros', lengthBytes: MIB, isAtEnd: true, isExact: false }
    expect(await diagnoseFile(path)).toMatchObject([atEnd])
    const head = write(Buffer.concat([GGUF, Buffer.alloc(2 * MIB), bytes(2 * MIB)]))
    expect(await diagnoseFile(head)).toMatchObject([{ offset: 104, isAtEnd: false, isExact: false }])
  })

  it('of a file of 400 GB cost no more than its ends', async () => {
    const path = createSparseFile(join(createWorkspace(), 'model.bin'), 400e9)
    expect(await kindsOf(path)).toEqual(['zeros'])
  })
})

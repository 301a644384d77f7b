import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { openPartialFile, removeCheckpoint, resumeDownload, saveCheckpoint } from '../src/index.ts'
import { CHECKPOINT_AT, interruptDownload } from './interrupted-download.ts'
import { createWorkspace, listOpenFiles } from './workspace.ts'

const REFUSED: readonly (readonly [code: string, fromByte: number, prepare: (path: string) => void])[] = [
  ['FILE_MISSING', 1, () => undefined],
  ['SIZE_MISMATCH', 8, (path) => writeFileSync(path, 'a model')],
  ['NOT_A_REGULAR_FILE', 0, (path) => mkdirSync(path)],
  ['NOT_A_REGULAR_FILE', 0, (path) => symlinkSync('elsewhere', path)],
  ['INVALID_INPUT', -1, () => undefined],
  ['INVALID_INPUT', 0.5, () => undefined],
]

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
    ['ends before the offset', (path) => truncateSync(path, CHECKPOINT_AT - 1)],
    [
      'has room for the bytes and not yet the bytes',
      (path) => {
        truncateSync(path, CHECKPOINT_AT / 2)
        truncateSync(path, 2 * CHECKPOINT_AT)
      },
    ],
  ])('is not made of a file that %s; the one before stays', async (_name, change) => {
    const { path, checkpointPath, given } = await interruptDownload()
    const before = readFileSync(checkpointPath)
    change(path)
    expect(await saveCheckpoint(path, given)).toBe(false)
    expect(readFileSync(checkpointPath).equals(before)).toBe(true)
  })

  it('is refused if there is no file, none to write, or no checkpoint', async () => {
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
    const sink = await openPartialFile(path, { fromByte: CHECKPOINT_AT })
    expect([existsSync(checkpointPath), statSync(path).size]).toEqual([true, CHECKPOINT_AT])
    const writer = sink.getWriter()
    await writer.write(new Uint8Array(10))
    await writer.abort('enough')
    expect(statSync(path).size).toBe(CHECKPOINT_AT + 10)
  })

  it.each(REFUSED)('is refused with %s from byte %d', async (code, fromByte, prepare) => {
    const path = join(createWorkspace(), 'model.part')
    prepare(path)
    await expect(openPartialFile(path, { fromByte })).rejects.toMatchObject({ code })
  })

  it('refuses what is not bytes', async () => {
    const path = join(createWorkspace(), 'model.part')
    const writer = (await openPartialFile(path)).getWriter()
    await expect(writer.write('text' as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(writer.closed).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it.skipIf(lacks('proc'))('is closed when it is refused, aborted, or given what is not bytes', async () => {
    for (const [code, fromByte, prepare] of REFUSED) {
      const path = join(createWorkspace(), 'model.part')
      prepare(path)
      await expect(openPartialFile(path, { fromByte })).rejects.toMatchObject({ code })
      expect(listOpenFiles()).not.toContain(path)
    }
    const path = join(createWorkspace(), 'model.part')
    const sink = await openPartialFile(path)
    expect(listOpenFiles()).toContain(path)
    await sink.abort('enough')
    expect(listOpenFiles()).not.toContain(path)
    const writer = (await openPartialFile(path)).getWriter()
    await writer.write('text' as never).catch(() => undefined)
    expect(listOpenFiles()).not.toContain(path)
  })
})

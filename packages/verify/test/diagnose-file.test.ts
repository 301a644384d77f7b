import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, symlinkSync, truncateSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { lacks, realFile } from '@catalog/testkit/running'
import { describe, expect, it, vi } from 'vitest'
import { type DiagnoseOptions, type Diagnosis, diagnoseFile, digestFile } from '../src/index.ts'
import { A, B, GGUF, kindsOf, LFS_PAGE, MIB, toSafetensors, write, zipOf } from './diagnose-models.ts'
import { createSparseFile, createWorkspace, listOpenFiles } from './workspace.ts'

/** Does something in the middle of the reading that the test begins next. */
async function atSomeRead(act: () => void): Promise<void> {
  const handle = await open(import.meta.filename)
  const prototype: FileHandle = Object.getPrototypeOf(handle)
  await handle.close()
  const { read } = prototype
  let reads = 0
  vi.spyOn(prototype, 'read').mockImplementation(function (this: FileHandle, ...args: unknown[]) {
    reads += 1
    if (reads === 10) act()
    return Reflect.apply(read, this, args)
  })
}

describe('nothing is found', () => {
  it.each([
    ['a GGUF', GGUF, 'a.gguf'],
    ['a safetensors', toSafetensors({ a: { data_offsets: [0, 5] } }, 5), 'a.safetensors'],
    ['an extension in capitals', GGUF, 'A.GGUF'],
    ['a configuration', '{"a": 5}', 'config.json'],
    ['a page about the model', '<!doctype html><title>a</title>', 'README.html'],
    ['a zip of PyTorch', zipOf('archive/data.pkl'), 'model.pt'],
    ['bytes of an unknown kind', Uint8Array.of(1, 2, 3), 'model'],
  ])('in %s', async (_name, content, name) => {
    expect(await diagnoseFile(write(content, name))).toEqual([])
  })

  it.skipIf(lacks('shared-data')).each(['ggml-vocab-gpt-2.gguf', 'candle-jfk-codes.safetensors'])(
    'in the real %s',
    async (name) => {
      expect(await diagnoseFile(realFile(name), { scan: 'whole' })).toEqual([])
    },
  )
})

describe('the digests', () => {
  const knownDigests = new Map([[B, 'other-model']])

  it('may be those of another entry', async () => {
    const found = await diagnoseFile(write(GGUF), { expectedDigest: A, foundDigest: B, knownDigests })
    expect(found).toEqual([{ kind: 'other-entry', digest: B, id: 'other-model' }])
  })

  it('may be the same as last time', async () => {
    const options = { expectedDigest: A, foundDigest: B, previousFoundDigest: `sha256:${B}` }
    const found = await diagnoseFile(write(GGUF), options)
    expect(found).toEqual([{ kind: 'same-wrong-digest', digest: B, expected: A }])
  })

  it.each<[string, DiagnoseOptions]>([
    ['the expected one', { expectedDigest: B, foundDigest: B, previousFoundDigest: B, knownDigests }],
    ['another one last time', { expectedDigest: A, foundDigest: B, previousFoundDigest: A }],
    ['none expected', { foundDigest: B, previousFoundDigest: B }],
    ['none found', { expectedDigest: A, previousFoundDigest: B, knownDigests }],
  ])('tell nothing: %s', async (_name, options) => {
    expect(await diagnoseFile(write(GGUF), options)).toEqual([])
  })
})

it('the most telling comes first', async () => {
  const path = write('<html><title>Sign in</title>')
  const options = { expectedDigest: A, foundDigest: B, previousFoundDigest: B, expectedSizeBytes: 4096 }
  const knownDigests = new Map([[B, 'other']])
  const kinds = ['html-page', 'other-entry', 'shorter', 'same-wrong-digest']
  expect(await kindsOf(path, { ...options, knownDigests })).toEqual(kinds)
})

it('changes nothing', async () => {
  const path = write(LFS_PAGE)
  const before = await digestFile(path)
  await diagnoseFile(path, { scan: 'whole' })
  const after = await digestFile(path)
  expect(after.fingerprint).toEqual(before.fingerprint)
  expect(readFileSync(path, 'utf8')).toBe(LFS_PAGE)
})

describe('refused', () => {
  it.each(['fifo', 'link', 'dangling'])('a %s', async (name) => {
    const path = join(createWorkspace(), name)
    if (name === 'fifo') execFileSync('mkfifo', [path])
    else symlinkSync(name === 'link' ? '/dev/null' : 'nowhere', path)
    await expect(diagnoseFile(path)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
  })

  it('a directory, a device, no file', async () => {
    const notRegular = { code: 'NOT_A_REGULAR_FILE' }
    await expect(diagnoseFile(createWorkspace())).rejects.toMatchObject(notRegular)
    await expect(diagnoseFile('/dev/zero')).rejects.toMatchObject(notRegular)
    await expect(diagnoseFile('/missing')).rejects.toMatchObject({ code: 'FILE_MISSING' })
  })

  it.each<[string, object]>([
    ['expectedDigest', { expectedDigest: 'abc' }],
    ['foundDigest', { foundDigest: 'abc' }],
    ['previousFoundDigest', { previousFoundDigest: 'abc' }],
    ['expectedSizeBytes', { expectedSizeBytes: -1 }],
    ['scan', { scan: 'half' }],
    ['knownDigests', { knownDigests: {} }],
  ])('a bad %s, before the file is looked at', async (field, options) => {
    const expected = { code: 'INVALID_INPUT', details: { problems: [{ field }] } }
    await expect(diagnoseFile('/missing', options)).rejects.toMatchObject(expected)
  })

  it.skipIf(lacks('proc'))('a file made up by the kernel', async () => {
    await expect(diagnoseFile('/proc/cpuinfo')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })

  it.each<[string, (path: string) => void]>([
    ['grows', (path) => appendFileSync(path, 'x')],
    ['shrinks', (path) => truncateSync(path, 5)],
  ])('a file that %s meanwhile', async (_name, change) => {
    const path = createSparseFile(join(createWorkspace(), 'model.bin'), 12 * MIB)
    await atSomeRead(() => change(path))
    await expect(diagnoseFile(path, { scan: 'whole' })).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })

  it('an aborted signal, with its reason', async () => {
    const path = createSparseFile(join(createWorkspace(), 'model.bin'), 400e9)
    await expect(diagnoseFile(path, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    const controller = new AbortController()
    await atSomeRead(() => controller.abort('not wanted'))
    await expect(diagnoseFile(path, { scan: 'whole', signal: controller.signal })).rejects.toBe('not wanted')
  })

  it.skipIf(lacks('proc'))('an aborted signal, with no file open', async () => {
    const path = createSparseFile(join(createWorkspace(), 'model.bin'), 400e9)
    const controller = new AbortController()
    await atSomeRead(() => {
      expect(listOpenFiles()).toContain(path)
      controller.abort('not wanted')
    })
    await expect(diagnoseFile(path, { scan: 'whole', signal: controller.signal })).rejects.toBe('not wanted')
    expect(listOpenFiles()).not.toContain(path)
  })
})

it('an allowed link is followed', async () => {
  const path = write(LFS_PAGE)
  symlinkSync('model.gguf', `${path}.link`)
  const [diagnosis] = (await diagnoseFile(`${path}.link`, { followSymlink: true })) as readonly [Diagnosis]
  expect(diagnosis.kind).toBe('git-lfs-pointer')
})

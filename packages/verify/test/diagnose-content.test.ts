import { copyFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { lacks, realFile } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { describeDiagnosis, diagnoseFile } from '../src/index.ts'
import { A, B, GGUF, kindsOf, LFS_PAGE, MIB, toSafetensors, write, zipOf } from './diagnose-models.ts'
import { createWorkspace } from './workspace.ts'

describe('a page in place of a file', () => {
  it.each([
    ['html-page', '<!DOCTYPE html><html><head><TITLE lang="en"> Sign in </TITLE></head>', 'Sign in'],
    ['html-page', '\uFEFF\n <!-- a --><!-- b --><html><body><h1>502</h1> Bad gateway', '502 Bad gateway'],
    ['html-page', '<?xml version="1.0"?><!DOCTYPE html><title>XHTML</title>', 'XHTML'],
    ['json-page', '{"error":"Repository not found"}', 'Repository not found'],
    ['json-page', '{"error":{"message":"no such key"}}', 'no such key'],
    ['json-page', '{"status":404', '{"status":404'],
    ['xml-page', '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', 'AccessDenied'],
    ['text-page', 'Entry not found', 'Entry not found'],
  ])('%s: %s', async (kind, content, says) => {
    expect(await diagnoseFile(write(content))).toEqual([{ kind, says }])
    expect(await diagnoseFile(write(content, 'blob'))).toEqual([{ kind, says }])
  })

  it('is told of a configuration that is a web page', async () => {
    expect(await kindsOf(write('<html>', 'config.json'))).toEqual(['html-page'])
  })

  it('says no credentials', async () => {
    const page = '<html><title>Denied: https://u:SECRET@h.example/?token=SECRET Bearer SECRET</title>'
    expect(JSON.stringify(await diagnoseFile(write(page)))).not.toContain('SECRET')
  })

  it.each(['<', '<!--', '<!---->', '<title', '{"a":', '['])('handles many of %j', async (part) => {
    const content = `<html>${part.repeat(100_000)}`
    expect(await kindsOf(write(content))).toEqual(['html-page'])
    expect(await kindsOf(write(part.repeat(100_000), 'model.bin'))).not.toContain('text-page')
  })
})

describe('a pointer of git-lfs', () => {
  const pointer = { kind: 'git-lfs-pointer', oid: A, pointedBytes: 4_831_838_208 }

  it.each([
    [undefined, pointer],
    [`sha256:${A.toUpperCase()}`, { ...pointer, isExpected: true }],
    [B, { ...pointer, isExpected: false }],
  ])('is told, %s being expected', async (expectedDigest, diagnosis) => {
    expect(await diagnoseFile(write(LFS_PAGE), { expectedDigest })).toEqual([diagnosis])
    expect(await diagnoseFile(write(LFS_PAGE.replaceAll('\n', '\r\n')), { expectedDigest })).toEqual([
      diagnosis,
    ])
  })

  it('is described with what to do if it points to the right file', async () => {
    const describe = async (expectedDigest?: string) =>
      (await diagnoseFile(write(LFS_PAGE), { expectedDigest })).map(describeDiagnosis).join()
    expect(await describe(A)).toContain('git lfs pull')
    expect(await describe(B)).not.toContain('git lfs pull')
  })

  it('is not one without a digest and a size', async () => {
    expect(await kindsOf(write(LFS_PAGE.replace('oid', 'old')))).toEqual(['text-page'])
  })
})

describe('a packed file', () => {
  it.each([
    ['gzip', gzipSync('model')],
    ['zip', 'PK\x03\x04'],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0)],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)],
    ['bzip2', Buffer.from('BZh9\x00')],
  ])('is told to be %s', async (compression, content) => {
    expect(await diagnoseFile(write(content))).toEqual([{ kind: 'compressed', compression }])
  })
})

describe('a file of another format', () => {
  it.each([
    ['GGUF without its magic', Uint8Array.of(1, 2, 3, 4, 5), 'a.gguf'],
    ['a header of 0 bytes', Buffer.alloc(8), 'a.safetensors'],
    ['a header of 2^64 - 1 bytes', Buffer.alloc(20, 0xff), 'a.safetensors'],
    ['a header that is not an object', toSafetensors('[1, 2, 3]', 0), 'a.safetensors'],
    ['a header that is not JSON', toSafetensors('{1, 2, 3]', 0), 'a.safetensors'],
    ['a deep header', toSafetensors('{"a":'.repeat(1e6), 0), 'a.safetensors'],
  ])('is told: %s', async (_name, content, name) => {
    expect(await kindsOf(write(content, name))).toEqual(['wrong-format'])
  })

  it.each([
    ['GGUF', GGUF, 'a.safetensors'],
    ['GGUF', GGUF, 'a.onnx'],
    ['safetensors', toSafetensors({}, 0), 'a.gguf'],
    ['safetensors', toSafetensors({}, 0), 'a.pt'],
    ['pickle', Uint8Array.of(0x80, 4, 0x2e), 'a.safetensors'],
    ['HDF5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), 'a.pth'],
    ['NumPy', Buffer.from('\x93NUMPY', 'latin1'), 'a.npz'],
    ['zip', zipOf('a'), 'a.h5'],
  ])('is told to be %s', async (found, content, name) => {
    const extension = name.slice(1)
    expect(await diagnoseFile(write(content, name))).toEqual([{ kind: 'other-format', extension, found }])
  })

  it.each([
    ['GGUF', GGUF.subarray(0, 23), 'a.gguf', 24],
    ['less than a length', Buffer.alloc(7), 'a.safetensors', 8],
    [
      'less than a header',
      toSafetensors({ a: { data_offsets: [0, 5] } }, 5).subarray(0, 20),
      'a.safetensors',
      36,
    ],
    ['less than its data', toSafetensors({ a: { data_offsets: [0, 5] } }, 4), 'a.safetensors', 41],
  ])('is cut by its own account: %s', async (_name, content, name, neededBytes) => {
    const diagnoses = await diagnoseFile(write(content, name))
    const truncated = { kind: 'truncated-format', neededBytes, foundBytes: content.length }
    expect(diagnoses.find(({ kind }) => kind === 'truncated-format')).toMatchObject(truncated)
  })

  it('is not looked into where its header is longer than any real one', async () => {
    const content = toSafetensors(`{${'x'.repeat(9 * MIB)}`, 0)
    expect(await diagnoseFile(write(content, 'a.safetensors'))).toEqual([])
  })

  it('believes no offset that is not a number, and no prototype', async () => {
    const header = '{"__proto__":{"data_offsets":[0,"9"]},"a":{"data_offsets":[0,1e300]},"b":null,"c":{}}'
    expect(await diagnoseFile(write(toSafetensors(header, 0), 'a.safetensors'))).toEqual([])
  })

  it.skipIf(lacks('shared-data'))('a real file that is cut', async () => {
    const path = join(createWorkspace(), 'cut.safetensors')
    copyFileSync(realFile('candle-jfk-codes.safetensors'), path)
    truncateSync(path, 8192)
    expect(await diagnoseFile(path, { expectedSizeBytes: 13_328 })).toEqual([
      {
        kind: 'truncated-format',
        format: 'safetensors',
        neededBytes: 13_328,
        foundBytes: 8192,
        tensorCount: 1,
      },
      { kind: 'shorter', expectedBytes: 13_328, foundBytes: 8192, missingBytes: 5136, blockBytes: 8192 },
    ])
  })
})

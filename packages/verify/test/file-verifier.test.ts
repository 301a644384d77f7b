import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import type { FileVerifier } from '@catalog/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFileVerifier } from '../src/file-verifier.ts'
import { createWorkspace, listOpenFiles } from './workspace.ts'

const digestOf = (bytes: string): string => createHash('sha256').update(bytes).digest('hex')

let directory = ''
let verifier: FileVerifier
beforeEach(() => {
  directory = createWorkspace()
  verifier = createFileVerifier()
})
afterEach(() => verifier.close())

function write(name: string, bytes: string): string {
  const path = join(directory, name)
  writeFileSync(path, bytes)
  return path
}

describe('the verifier of a catalog', () => {
  it('reads the fingerprint that a full reading finds', async () => {
    const path = write('m.gguf', 'weights')
    const fingerprint = await verifier.statFile(path)
    const [read] = await verifier.digestFiles([{ path, fingerprint }])
    expect(read).toMatchObject({ digest: digestOf('weights'), fingerprint })
    expect(verifier.readFingerprint(path)).toEqual(fingerprint)
    write('m.gguf', 'Weights')
    expect(verifier.readFingerprint(path)).not.toEqual(fingerprint)
  })

  it('follows a link only where it may', async () => {
    const path = write('m.gguf', 'weights')
    const link = join(directory, 'link.gguf')
    symlinkSync(path, link)
    const refused = expect.objectContaining({ code: 'NOT_A_REGULAR_FILE' })
    expect(() => verifier.readFingerprint(link)).toThrow(refused)
    await expect(verifier.openFile(link)).rejects.toEqual(refused)
    await expect(verifier.statFile(link)).rejects.toEqual(refused)
    const options = { followSymlink: true }
    expect(verifier.readFingerprint(link, options)).toEqual(verifier.readFingerprint(path))
    expect(await verifier.statFile(link, options)).toEqual(verifier.readFingerprint(path))
    await (await verifier.openFile(link, options)).close()
  })

  it.each([
    ['nothing', () => undefined, 'FILE_MISSING'],
    ['a directory', (path: string) => execFileSync('mkdir', [path]), 'NOT_A_REGULAR_FILE'],
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path]), 'NOT_A_REGULAR_FILE'],
  ])('has no fingerprint of %s, and does not open it', async (_what, make, code) => {
    const path = join(directory, 'm.gguf')
    make(path)
    expect(() => verifier.readFingerprint(path)).toThrow(expect.objectContaining({ code }))
    await expect(verifier.openFile(path)).rejects.toMatchObject({ code })
  })

  it('opens a file for reading at any offset', async () => {
    const path = write('m.gguf', 'weights')
    const file = await verifier.openFile(path)
    expect(file).toMatchObject({ path, sizeBytes: 7, fingerprint: verifier.readFingerprint(path) })
    const bytes = Buffer.alloc(3)
    readSync(file.fd, bytes, 0, 3, 4)
    expect(bytes.toString()).toBe('hts')
    await file.close()
  })

  it.skipIf(lacks('proc'))('closes a file that it opened', async () => {
    const path = write('m.gguf', 'weights')
    const file = await verifier.openFile(path)
    expect(listOpenFiles()).toContain(path)
    await file.close()
    expect(listOpenFiles()).not.toContain(path)
  })

  it('says in words what a wrong file looks like', async () => {
    const path = write('m.gguf', '<!DOCTYPE html><html><title>Sign in</title></html>')
    const notes = await verifier.diagnoseFile(path, { expectedSizeBytes: 4000 })
    expect(notes.map(({ kind }) => kind)).toEqual(['html-page', 'shorter'])
    expect(notes[0]?.text).toContain('Sign in')
  })

  it('digests a manifest as coreutils do', () => {
    const files = ['b', 'a'].map((path) => ({ path, digest: digestOf(path) }))
    expect(verifier.digestManifest(files)).toBe(digestOf(`${digestOf('a')}  a\n${digestOf('b')}  b\n`))
  })

  it('names the shards that are missing from a set', () => {
    const present = ['m-00001-of-00003.gguf', 'm-00003-of-00003.gguf']
    const whole = 'whole-00001-of-00001.gguf'
    expect(verifier.findShards([...present, whole, 'x.gguf'])).toEqual([
      { name: 'm.gguf', present, missing: ['m-00002-of-00003.gguf'], missingCount: 1 },
      { name: 'whole.gguf', present: [whole], missing: [], missingCount: 0 },
    ])
  })

  it('reads which shards an index names, and believes no other file', async () => {
    const index = JSON.stringify({
      weight_map: { a: 'x.safetensors', b: 'y.safetensors', c: 'x.safetensors' },
    })
    const named = verifier.findIndexedShards(write('model.safetensors.index.json', index))
    expect(await named).toEqual(['x.safetensors', 'y.safetensors'])
    expect(await verifier.findIndexedShards(write('config.json', index))).toEqual([])
    expect(await verifier.findIndexedShards(write('model.safetensors.index.json', '{'))).toEqual([])
  })

  it('says from where a download goes on', async () => {
    const path = write('m.gguf.partial', 'wei')
    expect(await verifier.resumeDownload(path)).toMatchObject({ resume: false, reason: 'no-checkpoint' })
    expect(verifier.checkpointPathOf(path)).toBe(`${path}.checkpoint`)
  })
})

import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type CheckMode, checkFile, createVerifier, digestFile, type FileEvidence } from '../src/index.ts'
import { createSparseFile, createWorkspace } from './workspace.ts'

const MIB = 1024 * 1024
const MODES: readonly CheckMode[] = ['fingerprint', 'full']

function createModel(sizeBytes = 3): string {
  return createSparseFile(join(createWorkspace(), 'model.gguf'), sizeBytes)
}

async function createEvidence(path: string): Promise<FileEvidence> {
  const { digest, fingerprint } = await digestFile(path)
  return { outcome: 'match', digest, fingerprint }
}

/** How many calls of node:fs/promises were begun by `run`, and not by others meanwhile. */
async function countFileCalls(run: () => Promise<unknown>): Promise<number> {
  const counted = new AsyncLocalStorage<boolean>()
  let calls = 0
  const hook = createHook({
    init: (_id, type) => {
      if (type.startsWith('FSREQ') && counted.getStore() === true) calls += 1
    },
  }).enable()
  await counted.run(true, run)
  hook.disable()
  return calls
}

function countReadBytes(): number {
  return Number(/rchar: (\d+)/u.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
}

describe('an unchanged file', () => {
  it('is unchanged by its fingerprint, for the price of one call', async () => {
    const path = createModel(5 * MIB)
    const evidence = await createEvidence(path)
    const check = () => checkFile(path, evidence, { mode: 'fingerprint' })
    expect(await countFileCalls(check)).toBe(1)
    expect(await check()).toEqual({ outcome: 'unchanged' })
    expect(await countFileCalls(() => checkFile(path, evidence, { mode: 'full' }))).toBeGreaterThan(1)
  })

  it.skipIf(lacks('proc'))('is not read, a hundred times', async () => {
    const path = createModel(5 * MIB)
    const evidence = await createEvidence(path)
    const before = countReadBytes()
    for (let round = 0; round < 100; round++) await checkFile(path, evidence, { mode: 'fingerprint' })
    expect(countReadBytes() - before).toBeLessThan(MIB)
  })

  it('matches in full, with its progress', async () => {
    const path = createModel(5 * MIB)
    const evidence = await createEvidence(path)
    const done: number[] = []
    const onProgress = ({ doneBytes }: { doneBytes: number }) => done.push(doneBytes)
    const check = await checkFile(path, evidence, { mode: 'full', onProgress })
    expect(check).toMatchObject({ outcome: 'match', found: { digest: evidence.digest } })
    expect([done.at(0), done.at(-1)]).toEqual([0, 5 * MIB])
  })

  it('matches a digest in another spelling', async () => {
    const path = createModel()
    const evidence = await createEvidence(path)
    const digest = `sha256:${evidence.digest.toUpperCase()}` as FileEvidence['digest']
    const check = await checkFile(path, { ...evidence, digest }, { mode: 'full' })
    expect(check.outcome).toBe('match')
  })
})

describe('a changed file', () => {
  it.each<[string, (path: string) => void, readonly string[]]>([
    ['written to', (path) => writeFileSync(path, 'abc'), ['mtimeNs', 'ctimeNs']],
    ['longer', (path) => writeFileSync(path, 'abcd'), ['sizeBytes', 'mtimeNs', 'ctimeNs']],
    ['touched', (path) => utimesSync(path, 5, 5), ['mtimeNs', 'ctimeNs']],
  ])('%s is changed by its fingerprint in these fields', async (_name, change, changed) => {
    const path = createModel()
    const evidence = await createEvidence(path)
    change(path)
    expect(await checkFile(path, evidence, { mode: 'fingerprint' })).toEqual({ outcome: 'changed', changed })
  })

  it('replaced with the same times is changed in ino', async () => {
    const path = createModel()
    const evidence = await createEvidence(path)
    const { atime, mtime } = statSync(path)
    createSparseFile(`${path}.other`, 3)
    utimesSync(`${path}.other`, atime, mtime)
    renameSync(`${path}.other`, path)
    const check = await checkFile(path, evidence, { mode: 'fingerprint' })
    expect(check).toMatchObject({ outcome: 'changed', changed: expect.arrayContaining(['ino', 'ctimeNs']) })
  })

  it('is a change in each single field', async () => {
    const path = createModel()
    const { fingerprint, ...evidence } = await createEvidence(path)
    for (const field of ['dev', 'ino', 'sizeBytes', 'mtimeNs', 'ctimeNs']) {
      const other = { ...evidence, fingerprint: { ...fingerprint, [field]: '0' } }
      const check = await checkFile(path, other, { mode: 'fingerprint' })
      expect(check).toEqual({ outcome: 'changed', changed: [field] })
    }
  })

  it('is told in full by what its bytes are', async () => {
    const path = createModel()
    const evidence = await createEvidence(path)
    utimesSync(path, 5, 5)
    expect(await checkFile(path, evidence, { mode: 'full' })).toMatchObject({ outcome: 'match' })
    writeFileSync(path, 'abcd')
    const { digest } = await digestFile(path)
    const check = await checkFile(path, evidence, { mode: 'full' })
    expect(check).toMatchObject({ outcome: 'mismatch', found: { digest, sizeBytes: 4 } })
  })
})

describe.each(MODES)('refused in the mode %s', (mode) => {
  it.each(['fifo', 'directory', 'link', 'dangling'])('%s', async (name) => {
    const path = createModel()
    const evidence = await createEvidence(path)
    rmSync(path)
    if (name === 'fifo') execFileSync('mkfifo', [path])
    if (name === 'link') symlinkSync('/dev/null', path)
    if (name === 'dangling') symlinkSync('nowhere', path)
    const refused = name === 'directory' ? join(path, '..') : path
    const checking = checkFile(refused, evidence, { mode })
    await expect(checking).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
  })

  it('a device, no file, and a bad path', async () => {
    const evidence = await createEvidence(createModel())
    const check = (path: string) => checkFile(path, evidence, { mode })
    await expect(check('/dev/zero')).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    await expect(check('/missing')).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(check('a\0b')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it.each([
    ['evidence', undefined],
    ['evidence', null],
    ['evidence.outcome', { outcome: 'mismatch' }],
    ['evidence.fingerprint', { outcome: 'match', fingerprint: null }],
    ['evidence.digest', { outcome: 'match', fingerprint: {}, digest: 'abc' }],
  ])('%s that is not evidence of a match: %j', async (field, evidence) => {
    const checking = checkFile('/missing', evidence as FileEvidence, { mode })
    await expect(checking).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field }] },
    })
  })

  it('an aborted signal, with its reason', async () => {
    const path = createModel()
    const evidence = await createEvidence(path)
    const checking = checkFile(path, evidence, { mode, signal: AbortSignal.abort('not wanted') })
    await expect(checking).rejects.toBe('not wanted')
    const controller = new AbortController()
    const running = checkFile(path, evidence, { mode, signal: controller.signal })
    controller.abort('no longer wanted')
    await expect(running).rejects.toBe('no longer wanted')
  })

  it('every call after closing', async () => {
    const verifier = createVerifier()
    const path = createModel()
    const evidence = await createEvidence(path)
    await verifier.close()
    await expect(verifier.checkFile(path, evidence, { mode })).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

it('refuses a mode that is none', async () => {
  const path = createModel()
  const mode = 'quick' as CheckMode
  const checking = checkFile(path, await createEvidence(path), { mode })
  await expect(checking).rejects.toMatchObject({ details: { problems: [{ field: 'mode' }] } })
})

it('follows a link where the verifier does, or the call', async () => {
  const path = createModel()
  const evidence = await createEvidence(path)
  symlinkSync('model.gguf', `${path}.link`)
  const verifier = createVerifier({ followSymlink: true })
  onTestFinished(() => verifier.close())
  const unchanged = { outcome: 'unchanged' }
  expect(await verifier.checkFile(`${path}.link`, evidence, { mode: 'fingerprint' })).toEqual(unchanged)
  const options = { mode: 'fingerprint', followSymlink: true } as const
  expect(await checkFile(`${path}.link`, evidence, options)).toEqual(unchanged)
})

it.skipIf(lacks('proc'))('a file made up by the kernel is not believed', async () => {
  const evidence = await createEvidence(createModel())
  const full = checkFile('/proc/cpuinfo', evidence, { mode: 'full' })
  await expect(full).rejects.toMatchObject({ code: 'FILE_CHANGED', details: { changed: ['size'] } })
  const check = await checkFile('/proc/cpuinfo', evidence, { mode: 'fingerprint' })
  expect(check.outcome).toBe('changed')
})

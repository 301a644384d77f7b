import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacks, type MountedDisk, mountImage, mountMemory } from '@catalog/testkit/running'
import { describe, expect, it, onTestFinished } from 'vitest'
import { nodeBarrierDisk } from '../src/barrier/node-barrier-disk.ts'
import { readFingerprint } from '../src/file/read-fingerprint.ts'
import { createVerifier, digestFile } from '../src/index.ts'
import { createBytes, createWorkspace, listOpenFiles } from './workspace.ts'

const MIB = 1024 * 1024
const DISK_BYTES = 64 * MIB
/** One that a thread reads by its name, and one that is opened for it. */
const SIZES = [1000, 5 * MIB]

/** Stores into a mapped file once at the start, and again when it is told to. */
const MAPPING = `
import mmap, os, sys
file = os.open(sys.argv[1], os.O_RDWR)
mapped = mmap.mmap(file, 0)
mapped[10] = 1
print('stored', flush=True)
sys.stdin.readline()
mapped[10] = 2
print('again', flush=True)
sys.stdin.readline()
`

async function mountExt4(...format: readonly string[]): Promise<string> {
  const directory = createWorkspace()
  const path = join(directory, 'mounted')
  mkdirSync(path)
  return keep(await mountImage(join(directory, 'image'), path, 'ext4', DISK_BYTES, format))
}

async function mountTmpfs(): Promise<string> {
  return keep(await mountMemory(createWorkspace(), DISK_BYTES))
}

function keep(disk: MountedDisk): string {
  onTestFinished(() => disk.release())
  return disk.path
}

/** A program that has the file mapped and a store under way; gives what makes it store again. */
async function startMapping(path: string): Promise<() => Promise<void>> {
  const program = spawn('python3', ['-c', MAPPING, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    if (program.exitCode !== null) return
    program.stdin.end()
    await once(program, 'exit')
  })
  await once(program.stdout, 'data')
  return async () => {
    program.stdin.write('\n')
    await once(program.stdout, 'data')
  }
}

describe.each(SIZES)('a verified file of %i bytes', (sizeBytes) => {
  it.skipIf(lacks('ext4'))(
    'that is rewritten in the same second of a coarse clock is another one',
    async () => {
      const path = join(await mountExt4('-I', '128'), 'model.gguf')
      const verifier = createVerifier()
      onTestFinished(() => verifier.close())
      for (const round of [1, 2]) {
        writeFileSync(path, createBytes(sizeBytes).fill(round, 0, 10))
        const { fingerprint } = await verifier.digestFile(path)
        expect(fingerprint).not.toHaveProperty('birthtimeNs')
        const { mtime } = statSync(path)
        writeFileSync(path, createBytes(sizeBytes))
        utimesSync(path, mtime, mtime)
        expect(readFingerprint(path)).not.toEqual(fingerprint)
      }
    },
  )

  it.skipIf(lacks('ext4', 'python3'))('shows a store through a mapping that was dirty before', async () => {
    const path = join(await mountExt4(), 'model.gguf')
    writeFileSync(path, createBytes(sizeBytes))
    const storeAgain = await startMapping(path)
    const found = await digestFile(path)
    expect(found).not.toHaveProperty('weak')
    await storeAgain()
    expect(String(statSync(path, { bigint: true }).ctimeNs)).not.toBe(found.fingerprint.ctimeNs)
  })

  it.skipIf(lacks('tmpfs'))('is told to be weak in memory, where such a store does not show', async () => {
    const path = join(await mountTmpfs(), 'model.gguf')
    writeFileSync(path, createBytes(sizeBytes))
    expect(await digestFile(path)).toMatchObject({ weak: true })
  })
})

describe('the clock of a volume', () => {
  it.skipIf(lacks('proc'))(
    'leaves nothing behind: no file, no change of the directory, no descriptor',
    async () => {
      const directory = createWorkspace()
      const paths = ['a', 'b', 'c'].map((name) => join(directory, name))
      for (const path of paths) writeFileSync(path, createBytes(5 * MIB))
      const before = statSync(directory, { bigint: true })
      const verifier = createVerifier()
      onTestFinished(() => verifier.close())
      await Promise.all(paths.map((path) => verifier.digestFile(path)))
      const after = statSync(directory, { bigint: true })
      expect(readdirSync(directory)).toEqual(['a', 'b', 'c'])
      expect(after.mtimeNs).toBe(before.mtimeNs)
      expect(after.ctimeNs).toBe(before.ctimeNs)
      expect(listOpenFiles().filter((name) => name.startsWith(directory))).toEqual([])
    },
  )

  it('may have directories of its own, which are paths', () => {
    for (const probeDirectories of ['/tmp', [''], [1]] as never[]) {
      const options = { probeDirectories }
      expect(() => createVerifier(options)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
    }
  })

  it('is made with a name where it needs one, which is gone at once', async () => {
    const directory = createWorkspace()
    const probe = await nodeBarrierDisk.openProbe(directory, 'named')
    if (probe === undefined) return expect.unreachable()
    onTestFinished(() => probe.close())
    expect(readdirSync(directory)).toEqual([])
    const { dev } = statSync(directory, { bigint: true })
    expect(probe.dev).toBe(dev)
    const first = await probe.touch()
    let later = first
    while (later === first) later = await probe.touch()
    expect(later).toBeGreaterThan(first)
  })

  it('is not made where that is refused', async () => {
    const nowhere = join(createWorkspace(), 'nowhere')
    expect(await nodeBarrierDisk.openProbe(nowhere, 'named')).toBeUndefined()
    expect(await nodeBarrierDisk.openProbe(nowhere, 'unnamed')).toBeUndefined()
    expect(await nodeBarrierDisk.findDevice(nowhere)).toBeUndefined()
    expect(await nodeBarrierDisk.findType(nowhere)).toMatchObject({
      isLocal: false,
      showsMappedWrites: false,
    })
  })
})

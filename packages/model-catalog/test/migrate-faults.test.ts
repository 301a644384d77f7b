import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { useTemporaryDirectory } from '@catalog/testkit'
import { bundleProgram, lacks, type MountedDisk, mountImage, PostgresServer } from '@catalog/testkit/running'
import { afterEach, describe, expect, it } from 'vitest'
import { migrateCatalog, type OpenCatalogOptions, openCatalog } from '../src/index.ts'

const directory = useTemporaryDirectory()
const MEBIBYTE = 1 << 20

/** More than is written at once. */
async function make(root: string): Promise<void> {
  await using catalog = await openCatalog({ root })
  for (let number = 0; number < 450; number += 1)
    await catalog.register({ id: `m-${number % 300}-${number}`, source: 'hf:org/m', actor: 'ann' })
}

/** Starts a migration in a process of its own, and calls `stop` as soon as it has copied something. It never finishes. */
async function migrateUntil(from: string, to: string, stop: () => Promise<void>): Promise<void> {
  const { node, path } = await bundleProgram(new URL('migrating-program.ts', import.meta.url))
  const child = spawn(node, [path, from, to], { stdio: ['ignore', 'pipe', 'ignore'] })
  const closed = once(child, 'close')
  let stopping: Promise<void> | undefined
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('copy ')) stopping ??= stop().finally(() => child.kill('SIGKILL'))
  })
  await closed
  expect(stopping).toBeDefined()
  await stopping
}

/** A second run makes it equal; before, no program opens it. */
async function expectToGoOn(from: string, to: string, there: OpenCatalogOptions): Promise<void> {
  for (const options of [{}, { readOnly: true }])
    await expect(openCatalog({ ...there, ...options })).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  expect(await migrateCatalog({ from, to })).toMatchObject({ isComplete: true })
  await using original = await openCatalog({ root: from })
  await using copy = await openCatalog(there)
  expect(await copy.history.changes()).toEqual(await original.history.changes())
  expect(await copy.list()).toEqual(await original.list())
  expect(await copy.history.verify()).toMatchObject({ ok: true })
}

describe('a migration into files', () => {
  let disk: MountedDisk | undefined
  afterEach(async () => {
    await disk?.release()
    disk = undefined
  })

  /** The smallest that its tools make. */
  const kinds = [
    ['ext4', 32 * MEBIBYTE],
    ['xfs', 320 * MEBIBYTE],
  ] as const
  for (const [type, sizeBytes] of kinds) {
    it.skipIf(lacks(type) || lacks('python3'))(
      `goes on after a power cut of its disk: ${type}`,
      async () => {
        const [from, mount] = [directory.at('from'), directory.at(type)]
        await make(from)
        mkdirSync(mount)
        const mounted = await mountImage(directory.at(`${type}.image`), mount, type, sizeBytes)
        disk = mounted
        const to = join(mounted.path, 'models')
        await migrateUntil(from, to, async () => void (await mounted.cutPower()))
        await mounted.unmount()
        await mounted.mount()
        await expectToGoOn(from, to, { root: to })
      },
      120_000,
    )
  }
})

describe.skipIf(lacks('postgres'))('a migration into PostgreSQL', () => {
  it('goes on after SIGKILL of the server and of itself', async () => {
    const server = await PostgresServer.start()
    try {
      const [from, to] = [directory.at('from-files'), server.connectionString]
      await make(from)
      await migrateUntil(from, to, () => server.kill({ isWhole: true }))
      await server.restart()
      await expectToGoOn(from, to, { root: directory.at('here'), store: to })
    } finally {
      await server.stop()
    }
  }, 120_000)

  it('survives a server that is killed and starts again', async () => {
    const server = await PostgresServer.start()
    try {
      const [from, to] = [directory.at('from-files-too'), server.connectionString]
      await make(from)
      let restarting: Promise<void> | undefined
      const onProgress = ({ step }: { readonly step: string }): void => {
        if (step === 'copy') restarting ??= server.kill({ isWhole: true }).then(() => server.restart())
      }
      expect(await migrateCatalog({ from, to, onProgress })).toMatchObject({ isComplete: true })
      await restarting
      expect(await migrateCatalog({ from, to })).toMatchObject({ copied: 0, isComplete: true })
    } finally {
      await server.stop()
    }
  }, 120_000)
})

import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { type Catalog, openCatalog } from '../../src/index.ts'

const SIZE_BYTES = 200_000
/** Whole seconds, so that any program can put it back. */
const MTIME_S = 1_700_000_000

/** Right bytes and wrong ones of the same size, in memory and in files. */
interface Bytes {
  readonly good: Buffer
  readonly digest: string
  readonly goodFile: string
  readonly badFile: string
}

/** A directory with a catalog of its own, where one race follows another. */
export interface RaceGround extends AsyncDisposable {
  readonly root: string
  readonly journal: string
  readonly catalog: Catalog
  /** Opened beside the other, as another process would: looks at what is served. */
  readonly reader: Catalog
  /** Of the model that is attacked, and of the one that is left alone. */
  readonly attacked: Bytes
  readonly other: Bytes
  /** Forgets all models and removes all files. */
  clear(): Promise<void>
}

export async function openRaceGround(directory: string): Promise<RaceGround> {
  const root = join(directory, 'models')
  await mkdir(root, { recursive: true })
  const catalog = await openCatalog({ root, holder: 'race', node: 'race' })
  const reader = await openCatalog({ root, holder: 'reader', node: 'race' })
  return {
    ...{ root, catalog, reader, journal: join(root, '.catalog') },
    attacked: await createBytes(directory, 'attacked'),
    other: await createBytes(directory, 'other'),
    async clear() {
      for (const { id } of await catalog.list()) {
        await catalog.downloads.abandon(id)
        await catalog.remove(id)
      }
      for (const name of await readdir(root)) {
        if (name !== '.catalog' && name !== 'catalog.json') await rm(join(root, name), { recursive: true })
      }
    },
    async [Symbol.asyncDispose]() {
      await catalog.close()
      await reader.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function createBytes(directory: string, name: string): Promise<Bytes> {
  const good = sampleGguf(`good ${name}`, { sizeBytes: SIZE_BYTES })
  const [goodFile, badFile] = [join(directory, `${name}.good`), join(directory, `${name}.bad`)]
  await writeFile(goodFile, good)
  await writeFile(badFile, sampleGguf(`bad ${name}`, { sizeBytes: SIZE_BYTES }))
  return { good, digest: createHash('sha256').update(good).digest('hex'), goodFile, badFile }
}

/** Writes the bytes with an old mtime, as what was downloaded with its time has. */
export async function writeOld(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  writeFileSync(path, bytes)
  utimesSync(path, MTIME_S, MTIME_S)
}

export function hasBytes(path: string, bytes: Uint8Array): boolean {
  const file = openSync(path, 'r')
  try {
    return readFileSync(file).equals(bytes)
  } finally {
    closeSync(file)
  }
}

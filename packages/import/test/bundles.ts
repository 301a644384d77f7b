import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Catalog, openCatalog } from 'model-catalog'
import { onTestFinished } from 'vitest'

const AT = '2025-10-01T00:00:00.000Z'

/** A record of a bundle's manifest, as it stands in the file. */
export type WireModel = Record<string, unknown>

/** A bundle and an empty catalog in a temporary directory, for one test. */
export interface BundleWorld {
  /** Its real path. */
  readonly directory: string
  readonly bundle: string
  readonly catalog: Catalog
  /** Writes a file below the directory, and gives its path. */
  put(name: string, content: Uint8Array | string): string
}

export async function createBundleWorld(): Promise<BundleWorld> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'import-bundle-')))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const catalog = await openCatalog({ root: join(directory, 'models'), create: true })
  onTestFinished(() => catalog.close())
  return {
    ...{ directory, catalog, bundle: join(directory, 'usb') },
    put(name, content) {
      const path = join(directory, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    },
  }
}

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The record of a model of one file. */
export function oneFile(id: string, content: Uint8Array | string, more: WireModel = {}): WireModel {
  const about = { id, name: id, source: 'hf:acme/model', digest: sha256(content), digest_origin: 'hub' }
  const times = { registered_at: AT, verified_at: AT }
  return { ...about, size: Buffer.byteLength(content), ...times, stored: `files/${id}/${id}.gguf`, ...more }
}

/** The record of a model of several files, each stored below the model's directory. */
export function manyFiles(
  id: string,
  contents: Readonly<Record<string, Uint8Array | string>>,
  more: WireModel = {},
): WireModel {
  const files = Object.entries(contents).map(([path, content]) => ({
    path,
    stored: `files/${id}/${path}`,
    size: Buffer.byteLength(content),
    digest: sha256(content),
  }))
  // As sha256sum prints it, also for paths that no manifest may have.
  const lines = files.map(({ path, digest }) => ({ path, line: `${digest}  ${path}\n` }))
  const list = lines
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ line }) => line)
    .join('')
  const size = files.reduce((sum, file) => sum + file.size, 0)
  const { stored: _stored, ...record } = oneFile(id, '')
  return { ...record, digest: sha256(list), size, files, ...more }
}

/** Writes the manifest of a bundle, and the checksum list that names it. */
export function putManifest(world: BundleWorld, models: readonly WireModel[] | string): void {
  const manifest = { format: 'model-catalog-bundle', version: 1, models }
  const text = typeof models === 'string' ? models : JSON.stringify(manifest, undefined, 2)
  world.put('usb/bundle.json', text)
  world.put('usb/SHA256SUMS', `${sha256(text)}  bundle.json\n`)
}

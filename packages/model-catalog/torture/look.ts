import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { type Catalog, isCatalogError } from '../src/index.ts'
import type { TortureTally } from './crew.ts'
import { rightBytes, type TortureModel } from './models.ts'

/**
 * Looks at what is served while no one writes but the catalog's own processes. What they put at the name in between is
 * told from what is served: only a file that was resolved, read and, still the same one, resolved again counts.
 */
export async function lookAtServed(
  catalog: Catalog,
  models: readonly TortureModel[],
  tally: TortureTally,
): Promise<void> {
  for (const { id } of models) {
    const path = await resolve(catalog, id)
    if (path === undefined) continue
    const before = read(path)
    const again = await resolve(catalog, id)
    if (before === undefined || again !== path) continue
    if (read(path)?.identity !== before.identity) continue
    if (before.bytes.equals(rightBytes(id))) tally.add('right files resolved')
    else tally.breaks.push(`UNREAD BYTES of ${id} at ${path}`)
    await lookAtOpened(catalog, id, tally)
  }
}

async function lookAtOpened(catalog: Catalog, id: string, tally: TortureTally): Promise<void> {
  await using model = await catalog.openVerified(id).catch(toUndefined)
  for (const { fd, fingerprint } of model?.files ?? []) {
    const bytes = readFileSync(fd)
    const { ctimeNs, size } = fstatSync(fd, { bigint: true })
    if (`${ctimeNs}` !== fingerprint.ctimeNs || Number(size) !== fingerprint.sizeBytes) continue
    if (bytes.equals(rightBytes(id))) tally.add('right files opened')
    else tally.breaks.push(`UNREAD BYTES of ${id} opened`)
  }
}

async function resolve(catalog: Catalog, id: string): Promise<string | undefined> {
  return (await catalog.resolve(id).catch(toUndefined))?.path
}

function read(path: string): { readonly bytes: Buffer; readonly identity: string } | undefined {
  try {
    const file = openSync(path, 'r')
    try {
      const { dev, ino, ctimeNs, mtimeNs, size } = fstatSync(file, { bigint: true })
      return { bytes: readFileSync(file), identity: [dev, ino, ctimeNs, mtimeNs, size].join() }
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

function toUndefined(error: unknown): undefined {
  if (!isCatalogError(error)) throw error
}

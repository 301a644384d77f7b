import type { ScanItem } from '../../candidate/candidate.ts'
import { UnusableError } from '../../candidate/scan-problem.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import type { DirectoryFiles } from '../../files/directory-files.ts'
import { orProblem, toProblemItem } from '../../store/items.ts'
import { isManifestName, type LlamaManifest, type ManifestFile, readManifest } from './llama-cpp-records.ts'

const LAYOUT = 'llama.cpp'

/** A file that manifests name: by the model of one, or as its projector. */
export interface NamedFile {
  readonly file: ManifestFile
  /** The manifests with other tags for the same file come later. */
  readonly manifests: readonly LlamaManifest[]
}

/** The manifests of a cache, and what is wrong with those that cannot be read. */
export async function readManifests(
  directory: DirectoryListing,
  reader: StoreReader,
): Promise<{ readonly manifests: readonly LlamaManifest[]; readonly items: readonly ScanItem[] }> {
  const manifests: LlamaManifest[] = []
  const items: ScanItem[] = []
  for (const { name } of directory.names.filter((each) => isManifestName(each.name))) {
    const failed = await orProblem(LAYOUT, undefined, async () => {
      manifests.push(await readManifest(directory, name, reader))
      return []
    })
    items.push(...failed)
  }
  return { manifests, items }
}

/** What manifests say of a file, by its name in the cache. */
export function byName(manifests: readonly LlamaManifest[]): ReadonlyMap<string, NamedFile> {
  const named = new Map<string, NamedFile>()
  for (const manifest of manifests) {
    for (const file of [manifest.model, manifest.projector]) {
      if (file === undefined) continue
      const before = named.get(file.name)
      named.set(file.name, {
        file: before?.file ?? file,
        manifests: [...(before?.manifests ?? []), manifest],
      })
    }
  }
  return named
}

/** What a manifest names and is not there, perhaps as it was moved into the hub's cache. */
export function findAbsent(
  directory: DirectoryListing,
  named: ReadonlyMap<string, NamedFile>,
): readonly ScanItem[] {
  return [...named].flatMap(([name, { manifests }]) => {
    const [manifest] = manifests
    if (manifest === undefined || directory.has(name)) return []
    const text = `names ${name}, which does not exist`
    return [
      toProblemItem({
        kind: 'missing-file',
        layout: LAYOUT,
        path: manifest.path,
        text,
        model: titleOf(manifest),
      }),
    ]
  })
}

/** Files that are not as long as their manifest says are broken. */
export function checkSizes(all: DirectoryFiles, named: ReadonlyMap<string, NamedFile>): DirectoryFiles {
  const expectedOf = (path: string): number | undefined => named.get(path)?.file.sizeBytes
  const isRight = (path: string, size: number): boolean => (expectedOf(path) ?? size) === size
  const wrong = all.files.filter(({ path, found }) => !isRight(path, found.sizeBytes))
  const broken = wrong.map(({ path, found }) => {
    const text = `has ${found.sizeBytes} bytes, and its manifest says ${expectedOf(path)}`
    return { path, error: new UnusableError('wrong-size', found.path, text) }
  })
  return {
    ...all,
    files: all.files.filter(({ path, found }) => isRight(path, found.sizeBytes)),
    broken: [...all.broken, ...broken],
  }
}

/** As the tool is asked for it. */
export function titleOf({ repository, tag }: LlamaManifest): string {
  return `${repository}:${tag}`
}

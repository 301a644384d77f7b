import { basename, dirname, join, posix } from 'node:path'
import { findShards } from 'model-catalog'
import type { Companion, ScanItem } from '../candidate/candidate.ts'
import { type ScanProblem, toScanProblem } from '../candidate/scan-problem.ts'
import { type DirectoryFiles, finalPathOf, type SeenFile } from '../files/directory-files.ts'
import { isProjector, isWeights, stemOf } from '../files/file-names.ts'
import { readPointer } from '../files/lfs-pointer.ts'
import { findMissingShards } from '../files/missing-files.ts'
import { orProblem, toItem, toProblemItem } from '../store/items.ts'
import { toFileCandidate, toFilesCandidate } from './directory-candidates.ts'
import { nameOf } from './directory-names.ts'
import type { ModelDirectory } from './directory-options.ts'

/** The models that single files with weights are, and sets of shards. */
export async function singleModels(model: ModelDirectory, all: DirectoryFiles): Promise<readonly ScanItem[]> {
  const items: ScanItem[] = []
  for (const path of all.partials) {
    if (isWeights(finalPathOf(path))) items.push(toProblemItem(toPartial(model, path)))
  }
  for (const { path, error } of all.broken) {
    items.push(toProblemItem(toScanProblem(error, model.layout, nameOf(model, path))))
  }
  const usable: SeenFile[] = []
  for (const file of all.files) {
    if (isFoundElsewhere(model, file)) continue
    const found = await orProblem(model.layout, nameOf(model, file.path), async () => {
      const pointer = await findPointer(model, file)
      return pointer === undefined ? [] : [toProblemItem(pointer)]
    })
    if (found.length === 0) usable.push(file)
    items.push(...found)
  }
  return [...items, ...(await groupFiles(model, usable))]
}

/**
 * In an ordinary directory, a link leads to a file that is found where it is, by its name or by the store of
 * blobs that it is in.
 */
function isFoundElsewhere({ linksInto }: ModelDirectory, { found }: SeenFile): boolean {
  const { path, realPath } = found
  if (path === realPath || linksInto !== undefined) return false
  return isWeights(basename(realPath)) || dirname(realPath).split(/[/\\]/u).includes('blobs')
}

async function groupFiles(model: ModelDirectory, files: readonly SeenFile[]): Promise<readonly ScanItem[]> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const sets = findShards([...byPath.keys()])
  const inSets = new Set(sets.flatMap(({ paths }) => paths))
  const singles = files.filter(({ path }) => !inSets.has(path))
  const toId = chooseIds([...sets.map(({ name }) => name), ...singles.map(({ path }) => path)])
  const projectors = singles.filter(({ path }) => isProjector(path))
  const items: ScanItem[] = []
  for (const { name, paths } of sets) {
    const shards = paths.flatMap((path) => byPath.get(path) ?? [])
    const missing = findMissingShards(paths)
    const found = await orProblem(model.layout, nameOf(model, name), async () => {
      if (missing !== undefined) return [toProblemItem(toIncomplete(model, name, missing))]
      const candidate = await toFilesCandidate(model, byName(shards), { path: name, id: toId(name) })
      return [toItem({ ...candidate, companions: projectorsOf(name, projectors) })]
    })
    items.push(...found)
  }
  for (const file of singles) {
    const own = { path: file.path, id: toId(file.path) }
    const found = await orProblem(model.layout, nameOf(model, file.path), async () => [
      toItem(await toFileCandidate(model, file, own, projectorsOf(file.path, projectors))),
    ])
    items.push(...found)
  }
  return items
}

function byName(files: readonly SeenFile[]): readonly SeenFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Ids have no extension, except where two files would have one id. */
function chooseIds(paths: readonly string[]): (path: string) => string {
  const counts = new Map<string, number>()
  const toStem = (path: string): string => stemOf(path).toLowerCase()
  for (const path of paths) counts.set(toStem(path), (counts.get(toStem(path)) ?? 0) + 1)
  return (path) => (counts.get(toStem(path)) === 1 ? stemOf(path) : path)
}

/** What a GGUF model sees and hears with lies beside it. */
function projectorsOf(model: string, projectors: readonly SeenFile[]): readonly Companion[] {
  if (isProjector(model) || !model.toLowerCase().endsWith('.gguf')) return []
  const directory = posix.dirname(model)
  const beside = projectors.filter(({ path }) => posix.dirname(path) === directory)
  return beside.map(({ found }) => ({ path: found.realPath, role: 'projector', sizeBytes: found.sizeBytes }))
}

/** The problem with a git-lfs pointer in place of weights. */
export async function findPointer(model: ModelDirectory, file: SeenFile): Promise<ScanProblem | undefined> {
  const { path, found } = file
  const pointer = isWeights(path) ? await readPointer(model.reader, found) : undefined
  if (pointer === undefined) return undefined
  const text = `is a git-lfs pointer to ${pointer.sizeBytes} bytes with the digest ${pointer.digest}`
  return { kind: 'pointer-file', layout: model.layout, path: found.path, text, model: nameOf(model, path) }
}

function toPartial(model: ModelDirectory, path: string): ScanProblem {
  const { layout, directory } = model
  const name = nameOf(model, finalPathOf(path))
  return {
    kind: 'incomplete',
    layout,
    path: join(directory.path, path),
    text: 'is an unfinished download',
    model: name,
  }
}

function toIncomplete(model: ModelDirectory, name: string, text: string): ScanProblem {
  const { layout, directory } = model
  return { kind: 'incomplete', layout, path: directory.path, text, model: nameOf(model, name) }
}

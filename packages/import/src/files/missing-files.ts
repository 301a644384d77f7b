import { posix } from 'node:path'
import { findShards } from 'model-catalog'
import { z } from 'zod'
import { UnusableError } from '../candidate/scan-problem.ts'
import { readJson } from '../disk/read-json.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import type { SeenFile } from './directory-files.ts'
import { isWeights } from './file-names.ts'

const shardIndex = z.object({ weight_map: z.record(z.string(), z.string()) })

/** Why a set of shards among these paths is not whole; undefined if all are. */
export function findMissingShards(paths: readonly string[]): string | undefined {
  const broken = findShards(paths.filter(isWeights)).find(({ problems }) => problems.length > 0)
  const [problem] = broken?.problems ?? []
  if (broken === undefined || problem === undefined) return undefined
  return problem.kind === 'missing-shards'
    ? `lacks ${problem.count} shards of ${broken.name}, the first is ${problem.paths[0]}`
    : `has shards of several sets named ${broken.name}`
}

/**
 * UnusableError `incomplete` if a set of shards is not whole, or if a file that a `*.index.json` names is not
 * there; `broken-manifest` if such an index cannot be read.
 */
export async function assertComplete(
  files: readonly SeenFile[],
  reader: StoreReader,
  directory: string,
): Promise<void> {
  const paths = new Set(files.map(({ path }) => path))
  const missing = findMissingShards([...paths])
  if (missing !== undefined) throw new UnusableError('incomplete', directory, missing)
  for (const { path, found } of files) {
    if (!/\.(?:safetensors|bin)\.index\.json$/u.test(path)) continue
    const index = await readJson(reader, found.path, shardIndex)
    const named = new Set(Object.values(index.weight_map))
    const lacking = [...named].filter((name) => !paths.has(posix.join(posix.dirname(path), name)))
    // A repository may have both formats, of which one was left out with its index in place.
    if (lacking.length === 0 || (lacking.length === named.size && hasOtherWeights(paths, path))) continue
    const text = `lacks ${lacking.length} of ${named.size} files that ${path} names, the first is ${lacking[0]}`
    throw new UnusableError('incomplete', directory, text)
  }
}

function hasOtherWeights(paths: ReadonlySet<string>, index: string): boolean {
  const directory = posix.dirname(index)
  return [...paths].some(
    (path) => posix.dirname(path) === directory && isWeights(path) && !path.endsWith('.gguf'),
  )
}

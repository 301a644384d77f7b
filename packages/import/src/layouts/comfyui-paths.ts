import { homedir } from 'node:os'
import { dirname, relative, resolve, sep } from 'node:path'
import { z } from 'zod'
import { readYaml } from '../disk/read-yaml.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import type { Findings } from '../store/findings.ts'

const pathsSchema = z.record(z.string(), z.record(z.string(), z.unknown()).nullable())
/** Keys of a section that are not kinds of models. */
const NOT_KINDS: ReadonlySet<string> = new Set(['base_path', 'custom_nodes', 'is_default'])

/**
 * Tells which further roots of ComfyUI a scan does not reach, as they are outside the scanned directory. Those
 * inside are found by it wherever they are.
 */
export async function tellOtherRoots(path: string, reader: StoreReader, findings: Findings): Promise<void> {
  const sections = await readYaml(reader, path, pathsSchema)
  const outside = new Set<string>()
  for (const section of Object.values(sections)) {
    for (const root of rootsOf(section ?? {}, dirname(path))) {
      if (!isBelow(reader.root, root)) outside.add(root)
    }
  }
  for (const root of [...outside].sort()) {
    const text = `names a root outside the scanned directory: ${JSON.stringify(root)}`
    findings.tell({ kind: 'link-out-of-store', path, text })
  }
}

/** The base of a section stands for all that is below it. */
function rootsOf(section: Readonly<Record<string, unknown>>, directory: string): readonly string[] {
  const base = section['base_path']
  if (typeof base === 'string') {
    const root = toPath(directory, base)
    return [
      root,
      ...linesOf(section)
        .map((line) => toPath(root, line))
        .filter((each) => !isBelow(root, each)),
    ]
  }
  return linesOf(section).map((line) => toPath(directory, line))
}

/** A kind has one path, or several lines of them. */
function linesOf(section: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(section).flatMap(([kind, paths]) => {
    if (NOT_KINDS.has(kind) || typeof paths !== 'string') return []
    return paths
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
  })
}

function toPath(directory: string, path: string): string {
  return resolve(directory, path.replace(/^~(?=$|[/\\])/u, homedir()))
}

function isBelow(directory: string, path: string): boolean {
  const inside = relative(directory, path)
  return inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside
}

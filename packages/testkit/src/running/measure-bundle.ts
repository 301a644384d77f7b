import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What a program is once it is bundled for Node.js with everything that it imports. */
export interface MeasuredBundle {
  readonly minifiedBytes: number
  /** The installed packages that parts of it come from, sorted. Packages of the workspace are not among them. */
  readonly packages: readonly string[]
}

/**
 * Bundles and minifies the text of a program.
 *
 * @param directory what its imports are resolved from
 * @param without packages that are left out, as if they were not installed
 */
export async function measureBundle(
  text: string,
  directory: URL,
  without: readonly string[] = [],
): Promise<MeasuredBundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: text, resolveDir: fileURLToPath(directory), loader: 'ts' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['@catalog/source'],
    external: [...without],
    write: false,
    metafile: true,
    logLevel: 'warning',
  })
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  )
  return {
    minifiedBytes: outputFiles.reduce((sum, { contents }) => sum + contents.length, 0),
    packages: [...new Set(used.flatMap(findPackageName))].sort(),
  }
}

function findPackageName(path: string): readonly string[] {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(path) ?? []
  return name === undefined ? [] : [name]
}

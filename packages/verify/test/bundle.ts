import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Options } from 'tsup'

const INDEX = fileURLToPath(new URL('../src/index.ts', import.meta.url))

/** Bundles a program as a consumer of the package would, all dependencies included; gives the bundle's path. */
export async function bundleProgram(
  directory: string,
  program: string,
  options: Options & { format: 'esm' | 'cjs' },
): Promise<string> {
  const extension = options.format === 'esm' ? '.mjs' : '.cjs'
  const entry = join(directory, 'program.ts')
  const outDir = join(directory, 'dist')
  writeFileSync(entry, program)
  await build({
    entry: [entry],
    outDir,
    config: false,
    silent: true,
    target: 'node20',
    outExtension: () => ({ js: extension }),
    noExternal: [/.*/],
    esbuildOptions: (esbuild) => {
      esbuild.conditions = ['@catalog/source']
      esbuild.alias = { '@catalog/verify': INDEX }
    },
    ...options,
  })
  return join(outDir, `program${extension}`)
}

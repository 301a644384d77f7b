import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Options } from 'tsup'

const PACKAGE = new URL('../package.json', import.meta.url)
const EXTENSIONS = { esm: '.mjs', cjs: '.cjs', iife: '.js' }

/** Bundles a program as a consumer of the package would, all dependencies included; gives the bundle's path. */
export async function bundleProgram(
  directory: string,
  program: string,
  options: Options & { format: 'esm' | 'cjs' | 'iife' },
): Promise<string> {
  const extension = EXTENSIONS[options.format as keyof typeof EXTENSIONS]
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
      esbuild.alias = {
        '@catalog/verify': findSource(options.platform === 'browser' ? 'browser' : 'default'),
      }
    },
    ...options,
  })
  return join(outDir, `program${extension}`)
}

/** What the package's exports give for this platform. */
function findSource(condition: 'browser' | 'default'): string {
  const { exports } = JSON.parse(readFileSync(PACKAGE, 'utf8'))
  return fileURLToPath(new URL(exports['.']['@catalog/source'][condition], PACKAGE))
}

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'

const PACKAGE = new URL('../package.json', import.meta.url)
const EXTENSIONS = { esm: '.mjs', cjs: '.cjs', iife: '.js' } as const

export type BundleOptions = BuildOptions & { readonly format: keyof typeof EXTENSIONS }

/**
 * Bundles the text of a program as a consumer of the package does, all dependencies included. Gives the bundle's path.
 */
export async function bundleText(directory: string, text: string, options: BundleOptions): Promise<string> {
  const extension = EXTENSIONS[options.format]
  const entry = join(directory, 'program.ts')
  const outdir = join(directory, 'dist')
  writeFileSync(entry, text)
  await build({
    entryPoints: [entry],
    outdir,
    outExtension: { '.js': extension },
    bundle: true,
    platform: 'node',
    target: 'node20',
    conditions: ['@catalog/source'],
    alias: { '@catalog/verify': findSource(options.platform === 'browser' ? 'browser' : 'default') },
    logLevel: 'warning',
    ...options,
  })
  return join(outdir, `program${extension}`)
}

/** What the package's exports give for this platform. */
function findSource(condition: 'browser' | 'default'): string {
  const { exports } = JSON.parse(readFileSync(PACKAGE, 'utf8'))
  return fileURLToPath(new URL(exports['.']['@catalog/source'][condition], PACKAGE))
}

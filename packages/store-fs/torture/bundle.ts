import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const PROGRAMS = ['mixed-writer', 'reader', 'registrar', 'simulate', 'view-reader'] as const

export type ProgramName = (typeof PROGRAMS)[number]

/**
 * Makes one JavaScript file of each program: started a thousand times, TypeScript sources would spend more time
 * on being compiled than on writing.
 */
export async function bundlePrograms(directory: string): Promise<(name: ProgramName) => string> {
  const here = dirname(fileURLToPath(import.meta.url))
  await build({
    entry: Object.fromEntries(PROGRAMS.map((name) => [name, join(here, 'programs', `${name}.ts`)])),
    outDir: directory,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    config: false,
    silent: true,
    splitting: false,
    noExternal: [/.*/u],
    esbuildOptions: (options) => {
      options.conditions = ['@catalog/source']
    },
  })
  return (name) => join(directory, `${name}.mjs`)
}

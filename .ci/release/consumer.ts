// The consumers: services in directories of their own, which have nothing but what they install.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'

export interface Consumer {
  readonly name: string
  readonly source: string
  readonly dependencies: Readonly<Record<string, string>>
  /** What must not be there after installing. */
  readonly absent: readonly string[]
  /** What is installed but never loaded. */
  readonly unused: readonly string[]
}

const ADAPTERS = ['@catalog/core', '@catalog/files', '@catalog/store-fs']

/** The oldest zod that the packages take, so that a consumer that has it gets no second copy. */
const OLDEST_ZOD = '4.5.0'

export const CONSUMERS: readonly Consumer[] = [
  {
    name: 'verify alone',
    source: 'verify-alone.ts',
    dependencies: { '@catalog/verify': 'latest' },
    absent: [...ADAPTERS, 'model-catalog', '@types/node'],
    unused: ['zod'],
  },
  {
    name: 'by hand',
    source: 'by-hand.ts',
    dependencies: Object.fromEntries([...ADAPTERS, '@catalog/verify'].map((name) => [name, 'latest'])),
    absent: ['model-catalog', '@types/node'],
    unused: [],
  },
  {
    name: 'facade',
    source: 'facade.ts',
    dependencies: { 'model-catalog': 'latest', zod: OLDEST_ZOD },
    absent: ['@catalog/store-postgres', 'pg', '@types/node'],
    unused: [],
  },
]

/** Writes a consumer's package.json, its program as ESM, CommonJS and TypeScript, and what starts it. */
export async function writeConsumer(
  consumer: Consumer,
  directory: string,
  takesPinned: boolean,
): Promise<void> {
  const source = readFileSync(fileURLToPath(new URL(`consumers/${consumer.source}`, import.meta.url)), 'utf8')
  const write = (name: string, content: string): void => writeFileSync(join(directory, name), content)
  const { zod, ...others } = consumer.dependencies
  const dependencies = zod === undefined ? others : { ...others, zod: takesPinned ? zod : `^${zod}` }
  write('package.json', JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, dependencies }))
  write('program.mts', source)
  write('program.cts', source)
  for (const [format, extension] of [['esm', 'mjs'] as const, ['cjs', 'cjs'] as const]) {
    const { code } = await transform(source, { loader: 'ts', format, target: 'es2022' })
    write(`program.${extension}`, code)
  }
  write('run.mjs', `import { run } from './program.mjs'\n${START}`)
  write('run.cjs', `const { run } = require('./program.cjs')\n${START}`)
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const compilerOptions = { ...STRICT, module, moduleResolution }
    const files = moduleResolution === 'bundler' ? ['program.mts'] : ['program.mts', 'program.cts']
    write(`tsconfig.${moduleResolution}.json`, JSON.stringify({ compilerOptions, files }))
  }
}

const START = `run(process.argv[2], process.argv[3]).then(console.log)\n`

/** Without `lib` and `types`: what a declaration needs, it brings. */
const STRICT = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  types: [],
  noEmit: true,
}

import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

/** What a program compiles against: the types of this package in one file, as they are published. */
const PACKAGES = {
  '@catalog/store-postgres': '../api/index.d.ts',
  '@catalog/types': '../../types/src/index.ts',
}
const PROGRAM = `
import { openPostgresStore, type PostgresPool } from '@catalog/store-postgres'
declare const pool: PostgresPool
const bytes = new Uint8Array()
export const stores = [
  openPostgresStore({ connectionString: 'postgresql://host/database', ssl: { ca: [bytes, 'PEM'], rejectUnauthorized: true } }),
  openPostgresStore({ connectionString: 'postgresql://host/database', ssl: true }),
  openPostgresStore({ pool, listen: false }),
]
// @ts-expect-error: there is no such option
export const wrong = openPostgresStore({ connection: 'postgresql://host/database' })
`

it('the types compile without those of Node.js and of pg', () => {
  const file = fileURLToPath(new URL('./consumer.ts', import.meta.url))
  const paths = Object.fromEntries(
    Object.entries(PACKAGES).map(([name, path]) => [name, [fileURLToPath(new URL(path, import.meta.url))]]),
  )
  const options: ts.CompilerOptions = {
    ...{
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
      allowImportingTsExtensions: true,
    },
    ...{ types: [], lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'], paths },
    ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  }
  const host = ts.createCompilerHost(options)
  const readSourceFile = host.getSourceFile
  host.getSourceFile = (name, ...others) =>
    name === file
      ? ts.createSourceFile(name, PROGRAM, ts.ScriptTarget.ES2023)
      : readSourceFile(name, ...others)
  const program = ts.createProgram([file], options, host)
  const problems = ts.getPreEmitDiagnostics(program)
  expect(ts.formatDiagnostics(problems, { ...host, getCanonicalFileName: (name) => name })).toBe('')
  const loaded = program.getSourceFiles().map(({ fileName }) => fileName)
  expect(loaded.filter((name) => name.includes('@types'))).toEqual([])
})

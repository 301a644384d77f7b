import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Options } from 'tsup'
import { describe, expect, it } from 'vitest'
import { bundleProgram } from './bundle.ts'
import { createSparseFile, createWorkspace, digestAtOnce } from './workspace.ts'

const SIZE_BYTES = 3 * 1024 * 1024 + 7

// It ends by itself only if an idle thread does not hold it.
const PROGRAM = `
import { createSha256, digestFile } from '@catalog/verify'
async function main() {
  const native = await digestFile(process.argv[2])
  const wasm = await digestFile(process.argv[2], { engine: 'wasm' })
  const sha256 = await createSha256()
  sha256.load(sha256.save())
  console.log(native.digest, wasm.digest)
}
void main()
`

const WAYS: readonly (readonly [name: string, options: Options])[] = [
  ['plain', {}],
  ['minified', { minify: true }],
  ['with names kept', { keepNames: true }],
  ['minified with names kept', { minify: true, keepNames: true }],
]

describe.each(['esm', 'cjs'] as const)('bundled by a consumer as %s', (format) => {
  it.each(WAYS)('%s, both engines digest and the program ends', async (_name, options) => {
    const directory = createWorkspace()
    const program = await bundleProgram(directory, PROGRAM, { ...options, format })
    const model = createSparseFile(join(directory, 'model.gguf'), SIZE_BYTES)
    const output = execFileSync(process.execPath, [program, model], { encoding: 'utf8' })
    expect(output.trim()).toBe(`${digestAtOnce(model)} ${digestAtOnce(model)}`)
  })
})

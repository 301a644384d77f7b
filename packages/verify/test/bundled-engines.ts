import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type BundleOptions, bundleText } from './bundle.ts'
import { createSparseFile, createWorkspace, digestAtOnce } from './workspace.ts'

const SMALL_BYTES = 10_007
const LARGE_BYTES = 5 * 1024 * 1024 + 7

// It ends by itself only if an idle thread does not hold it.
const PROGRAM = `
import { createSha256, digestFile } from '@catalog/verify'
async function main() {
  const small = await digestFile(process.argv[2])
  const large = await digestFile(process.argv[3])
  const wasm = await digestFile(process.argv[3], { engine: 'wasm' })
  const sha256 = await createSha256()
  sha256.load(sha256.save())
  console.log(small.digest, large.digest, wasm.digest)
}
void main()
`

/** Bundles a program of a consumer in this way: both engines digest in it, and it ends. */
export async function expectBundledEngines(options: BundleOptions): Promise<void> {
  const directory = createWorkspace()
  const program = await bundleText(directory, PROGRAM, options)
  const small = createSparseFile(join(directory, 'small.gguf'), SMALL_BYTES)
  const large = createSparseFile(join(directory, 'large.gguf'), LARGE_BYTES)
  const output = execFileSync(process.execPath, [program, small, large], { encoding: 'utf8' })
  const digests = [small, large, large].map(digestAtOnce)
  expect(output.trim()).toBe(digests.join(' '))
}

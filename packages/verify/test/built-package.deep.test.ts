import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { installBuiltPackage } from './built-package.ts'
import { createSparseFile, createWorkspace, digestAtOnce } from './workspace.ts'

const SMALL_BYTES = 3 * 1024 * 1024 + 7
const LARGE_BYTES = 17 * 1024 * 1024 + 7

// It ends by itself only if an idle thread does not hold it.
const PROGRAM = `
async function main([small, large]) {
  const found = [await digestFile(small), await digestFile(large), await digestFile(large, { chunkMap: true })]
  found.push(await digestFile(large, { engine: 'wasm' }))
  const code = await verifyDigest(small, found[1].digest).catch((error) => isCatalogError(error) && error.code)
  console.log(...found.map(({ digest }) => digest), code)
}
void main(process.argv.slice(2))
`
const NAMES = '{ digestFile, isCatalogError, verifyDigest }'

it('as it is published, it is there for import and for require, threads and all', () => {
  const directory = createWorkspace()
  installBuiltPackage(directory)
  const small = createSparseFile(join(directory, 'small.gguf'), SMALL_BYTES)
  const large = createSparseFile(join(directory, 'large.gguf'), LARGE_BYTES)
  writeFileSync(join(directory, 'program.cjs'), `const ${NAMES} = require('@catalog/verify')\n${PROGRAM}`)
  writeFileSync(join(directory, 'program.mjs'), `import ${NAMES} from '@catalog/verify'\n${PROGRAM}`)
  const digests = [small, large, large, large].map(digestAtOnce)
  for (const program of ['program.cjs', 'program.mjs']) {
    const args = [join(directory, program), small, large]
    const output = execFileSync(process.execPath, args, { encoding: 'utf8', env: {} })
    expect(output.trim(), program).toBe([...digests, 'DIGEST_MISMATCH'].join(' '))
  }
})

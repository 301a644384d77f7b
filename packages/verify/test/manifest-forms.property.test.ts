import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacks, scaleRuns } from '@catalog/testkit/running'
import { findFilePathProblem, isCatalogError } from '@catalog/types'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatManifest, type ManifestFile, parseManifest } from '../src/index.ts'
import { createWorkspace, digestAtOnce } from './workspace.ts'

const DIGEST = 'ab'.repeat(32)

/** Names of files that try what a list may do with them: parentheses, `=`, spaces, stars, digests and tags. */
const name = fc
  .array(
    fc.constantFrom('a', 'B', 'é', ' ', '*', '(', ')', '=', ') = ', '#', '-', 'SHA256', DIGEST.slice(0, 32)),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() === text && text !== '-')

const names = fc.uniqueArray(name, { minLength: 1, maxLength: 20, selector: (text) => text.toLowerCase() })

function createFiles(directory: string, files: readonly string[]): readonly ManifestFile[] {
  for (const file of files) writeFileSync(join(directory, file), `the bytes of ${file}`)
  return files.map((path) => ({
    path,
    digest: digestAtOnce(join(directory, path)),
  }))
}

function expectRead(list: string, files: readonly ManifestFile[]): void {
  for (const read of [parseManifest(list), parseManifest(Buffer.from(list))]) {
    expect(formatManifest(read)).toBe(formatManifest(files))
  }
}

it.skipIf(lacks('sha256sum'))(
  'a list of sha256sum is read in each of its forms, whatever the names of its files',
  () => {
    const property = fc.property(names, (given) => {
      const cwd = createWorkspace()
      const files = createFiles(cwd, given)
      const run = (...args: readonly string[]) =>
        execFileSync('sha256sum', [...args, '--', ...given], { cwd, encoding: 'utf8' })
      for (const mode of ['--text', '--binary', '--tag']) expectRead(run(mode), files)
      expectRead(run('--text').replaceAll('\n', '\r\n'), files)
      const unmarked = run('--text').replaceAll(/^(\w{64}) {2}/gmu, '$1 ')
      // A star would be the mark of binary mode.
      if (!given.some((text) => text.startsWith('*'))) expectRead(unmarked, files)
    })
    fc.assert(property, { numRuns: scaleRuns(15) })
  },
)

it.skipIf(lacks('openssl'))('a list of openssl is read, whatever the names of its files', () => {
  const property = fc.property(names, (given) => {
    const cwd = createWorkspace()
    const files = createFiles(cwd, given)
    const paths = given.map((text) => `./${text}`)
    for (const form of [[], ['-r']]) {
      const args = ['dgst', '-sha256', ...form, ...paths]
      expectRead(execFileSync('openssl', args, { cwd, encoding: 'utf8' }), files)
    }
  })
  fc.assert(property, { numRuns: scaleRuns(10) })
})

/** The name that `sha256sum --check` looks for because of this line; undefined if it reads none that a model may have. */
function nameToCheck(line: string, cwd: string): string | undefined {
  const { stdout } = spawnSync('sha256sum', ['--check'], { cwd, input: `${line}\n`, encoding: 'utf8' })
  const checked = /^(.*): FAILED open or read$/mu.exec(stdout)?.[1]
  return checked === undefined || findFilePathProblem(checked) !== undefined ? undefined : checked
}

function nameRead(line: string): string | undefined {
  try {
    return parseManifest(line)[0]?.path
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return undefined
    throw error
  }
}

const piece = fc.constantFrom(
  'SHA256',
  'MD5',
  DIGEST,
  DIGEST.slice(1),
  ' ',
  ' ',
  '(',
  ')',
  '=',
  '*',
  'a',
  '\t',
  '#',
)

it.skipIf(lacks('sha256sum'))(
  'a line is read exactly if sha256sum --check reads it, for the same name',
  () => {
    const cwd = createWorkspace()
    const lines = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.array(piece, { maxLength: 4 }).map((parts) => `${DIGEST}${parts.join('')}`),
      fc.array(piece, { maxLength: 4 }).map((parts) => `SHA256 (${parts.join('')}) = ${DIGEST}`),
    )
    fc.assert(
      fc.property(lines, (line) => {
        const expected = nameToCheck(line, cwd)
        expect(nameRead(line), JSON.stringify(line)).toBe(expected)
      }),
      { numRuns: scaleRuns(200) },
    )
  },
)

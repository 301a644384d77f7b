import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { digestManifest, formatManifest, parseManifest } from '../src/index.ts'
import { createWorkspace, digestAtOnce } from './workspace.ts'

const NAMES = ['model-00002-of-00002.safetensors', 'B', 'a b', 'sub/é', 'sub.d/x', 'a', '~', '*star']

function createModel(): string {
  const root = createWorkspace()
  for (const name of NAMES) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), `the bytes of ${name}`)
  }
  return root
}

function listFiles(root: string): readonly { path: string; digest: string }[] {
  return NAMES.map((path) => ({ path, digest: digestAtOnce(join(root, path)) }))
}

function run(root: string, script: string, input = ''): string {
  return execFileSync('sh', ['-c', script], { cwd: root, input, encoding: 'utf8' })
}

describe.skipIf(lacks('sha256sum'))('with the tools of coreutils', () => {
  it('the digest of a manifest is the same', () => {
    const root = createModel()
    const sorted = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum --"
    expect(run(root, sorted)).toBe(formatManifest(listFiles(root)))
    expect(run(root, `${sorted} | sha256sum`).slice(0, 64)).toBe(digestManifest(listFiles(root)))
  })

  it('a manifest is checked', () => {
    const root = createModel()
    const output = run(root, 'sha256sum --check --strict', formatManifest(listFiles(root)))
    expect(output.match(/: OK$/gmu)).toHaveLength(NAMES.length)
  })

  it.each(['--text', '--binary'])('a list made with %s is read', (mode) => {
    const root = createModel()
    const list = run(root, `find . -type f -exec sha256sum ${mode} {} +`)
    expect(formatManifest(parseManifest(list))).toBe(formatManifest(listFiles(root)))
  })

  it.each(['back\\slash', 'new\nline', 'carriage\rreturn'])('the name %j is escaped and refused', (name) => {
    const root = createWorkspace()
    writeFileSync(join(root, name), 'bytes')
    const list = run(root, 'sha256sum -- *')
    const problem = expect.stringContaining('must not contain control characters')
    const expected = { code: 'INVALID_INPUT', details: { problems: [{ field: 'line 1', problem }] } }
    expect(() => parseManifest(list)).toThrow(expect.objectContaining(expected))
  })
})

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createWorld } from './world.ts'

const FENCE = /^ *```sh\n(?<code>.*?)^ *```$/gmsu

/** The blocks of shell code in a section of a page, or in all of it. */
function readShell(page: string, heading = ''): string {
  const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8')
  const [, section = ''] = text.split(new RegExp(`^${heading === '' ? '# ' : `## ${heading}$`}`, 'mu'))
  const end = heading === '' ? section.length : section.search(/^## /mu)
  return Array.from(section.slice(0, end).matchAll(FENCE), ({ groups }) => groups?.['code']).join('')
}

it('a reader who follows docs/getting-started.md has a model served, and a changed one refused', async () => {
  const { code, stdout } = await createWorld().runShell(`set -e\n${readShell('getting-started.md')}`)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^tiny: Active, 24 B read in /u)
  expect(stdout).toMatch(
    /\n {2}digest a4e5e156[0-9a-f]{56}, computed just now: compare it with what the publisher says\n/u,
  )
  expect(stdout).toMatch(/\n\S+\/models\/tiny\.gguf\n/u)
  expect(stdout).toMatch(/\nexit code 12\n$/u)
})

it('an operator who follows docs/operating.md gets the backed-up state back, and serves it after a verification', async () => {
  const script = `set -e
    mkdir -p models backup before-restore
    { printf 'GGUF\\003'; head -c 19 /dev/zero; } > models/tiny.gguf
    catalog add models/tiny.gguf
    ${readShell('operating.md', 'Back up')}
    catalog verify-history --root backup
    catalog rm tiny
    ${readShell('operating.md', 'Restore')}
    catalog ls --check
    catalog resolve tiny || echo "exit code $?"
    catalog verify --all
    catalog resolve tiny`
  const { code, stdout, stderr } = await createWorld().runShell(
    script.replaceAll(' /backup', ' backup').replaceAll('/tmp/before-restore', 'before-restore'),
  )
  expect(code).toBe(0)
  expect(stdout).toMatch(/\ntiny +Active +absent /u)
  expect(stdout).toContain('\nexit code 7\n')
  expect(stderr).toContain('restored from a backup, catalog verify tiny reads it here\n')
  expect(stdout).toMatch(/\ntiny: Active, 24 B read in [^\n]+\n\S+\/models\/tiny\.gguf\n$/u)
})

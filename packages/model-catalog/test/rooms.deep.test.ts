import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** What the rules say of a tree of these files. */
function cruise(files: Readonly<Record<string, string>>): { status: number | null; stdout: string } {
  const directory = mkdtempSync(join(tmpdir(), 'catalog-rooms-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  cpSync(join(REPOSITORY, 'tsconfig.base.json'), join(directory, 'tsconfig.base.json'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  const rules = join(REPOSITORY, '.dependency-cruiser.mjs')
  const program = join(REPOSITORY, 'node_modules/.bin/depcruise')
  return spawnSync(program, ['packages', '--config', rules], { cwd: directory, encoding: 'utf8' })
}

it('an import from a lower room fails the check, for a type too', () => {
  const { status, stdout } = cruise({
    'packages/core/src/entry/low.ts':
      "import type { High } from '../download/high.ts'\nexport type Low = High\n",
    'packages/core/src/download/high.ts': 'export type High = string\n',
  })
  expect(status).toBe(1)
  expect(stdout).toContain('packages/core/src/entry: packages/core/src/entry/low.ts')
})

it('a circle of types fails the check', () => {
  const { status, stdout } = cruise({
    'packages/core/src/entry/one.ts': "import type { Two } from './two.ts'\nexport type One = Two\n",
    'packages/core/src/entry/two.ts': "import type { One } from './one.ts'\nexport type Two = One\n",
  })
  expect(status).toBe(1)
  expect(stdout).toContain('no-circle')
})

it('an import that the rules allow passes the check', () => {
  const { status } = cruise({
    'packages/core/src/entry/low.ts': 'export type Low = string\n',
    'packages/core/src/download/high.ts':
      "import type { Low } from '../entry/low.ts'\nexport type High = Low\n",
  })
  expect(status).toBe(0)
})

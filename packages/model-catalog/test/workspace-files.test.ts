import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { listPages, readPage } from './docs/pages.ts'

const manifest = JSON.parse(readPage('package.json'))
const lowest = /^>=(?<major>\d+)\.(?<minor>\d+)$/u.exec(manifest.engines.node)?.groups ?? {}

it('.node-version names a Node.js of the lowest major version that is supported', () => {
  const [major, minor] = readPage('.node-version').trim().split('.')
  expect(major).toBe(lowest['major'])
  expect(Number(minor)).toBeGreaterThanOrEqual(Number(lowest['minor']))
})

it('the types of Node.js are those of the lowest version', () => {
  expect(readPage('pnpm-workspace.yaml')).toContain(`"@types/node": ^${lowest['major']}.`)
  const rules: readonly {
    readonly matchPackageNames?: readonly string[]
    readonly allowedVersions?: string
  }[] = JSON.parse(readPage('renovate.json')).packageRules
  const held = rules.find(({ matchPackageNames }) => matchPackageNames?.includes('@types/node'))
  expect(held?.allowedVersions).toBe(`<${Number(lowest['major']) + 1}`)
})

it('what renovate.json names is in the workspace', () => {
  const lock = readPage('pnpm-lock.yaml')
  const { packageRules } = JSON.parse(readPage('renovate.json'))
  for (const { matchPackageNames = [] } of packageRules)
    for (const name of matchPackageNames)
      expect(lock).toContain(` ${name.startsWith('@') ? `'${name}` : name}`)
})

it('.editorconfig and Biome agree', () => {
  const { formatter } = JSON.parse(readPage('biome.json'))
  const config = readPage('.editorconfig')
  expect(config).toContain(
    `indent_style = ${formatter.indentStyle}\nindent_size = ${formatter.indentWidth}\n`,
  )
  expect(config).toContain(`max_line_length = ${formatter.lineWidth}\n`)
})

it('every decision has its number in its heading, and no number is missing', () => {
  const pages = listPages().filter((page) => page.startsWith('docs/decisions/'))
  expect(pages).toHaveLength(readdirSync(new URL('../../../docs/decisions', import.meta.url)).length)
  for (const [index, page] of pages.entries()) {
    expect(page).toContain(`/${String(index + 1).padStart(4, '0')}-`)
    expect(readPage(page)).toMatch(new RegExp(`^# ${index + 1}\\. `, 'u'))
  }
})

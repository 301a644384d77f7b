import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { renderCliPage } from '../scripts/cli-page.ts'

it('docs/cli.md is what the program says of itself: `pnpm cli-page` writes it', () => {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  expect(page).toBe(renderCliPage())
  expect(page.match(/^## catalog (?:add|lease take|import)$/gmu)).toHaveLength(3)
})

import { readFileSync } from 'node:fs'
import { describeReadmeExample } from '@catalog/testkit/private'
import { expect, it } from 'vitest'
import { LAYOUT_NAMES } from '../src/index.ts'

const readme = new URL('../README.md', import.meta.url)

describeReadmeExample({
  readme,
  sources: {
    '@catalog/import': new URL('../src/index.ts', import.meta.url),
    'model-catalog': import.meta.resolve('model-catalog'),
  },
})

it('the README has a row for each layout', () => {
  const rows = [...readFileSync(readme, 'utf8').matchAll(/^\| `([a-z0-9.-]+)` +\|/gmu)].map(
    ([, name]) => name,
  )
  expect(rows.sort()).toEqual([...LAYOUT_NAMES].sort())
})

import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('the README names every feature', () => {
  const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const features = readdirSync(new URL('../features/', import.meta.url))
  const named = new Set([...page.matchAll(/\(features\/([^)]+)\)/gu)].map(([, name]) => name))
  expect(features.filter((name) => !named.has(name))).toEqual([])
})

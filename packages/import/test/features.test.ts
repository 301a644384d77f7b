import { readdirSync, readFileSync } from 'node:fs'
import { DAMAGED_STORES, SAMPLE_STORES } from '@catalog/testkit/layouts'
import { expect, it } from 'vitest'

const directory = new URL('../../../apps/catalog-bdd/features/', import.meta.url)
const names = readdirSync(directory).filter((name) => name.startsWith('importing'))
const rows = names
  .flatMap((name) => readFileSync(new URL(name, directory), 'utf8').split('\n'))
  .map((line) => line.split('|').map((cell) => cell.trim()))

it('the features import every sample store, and each with what is wrong', () => {
  const missing = Object.keys(SAMPLE_STORES).filter((layout) => !rows.some(([, tool]) => tool === layout))
  const damages = Object.entries(DAMAGED_STORES).flatMap(([layout, all]) =>
    Object.keys(all).map((damage) => [layout, damage] as const),
  )
  const untold = damages.filter(
    ([layout, damage]) => !rows.some(([, tool, word]) => tool === layout && word === damage),
  )
  expect(damages.length).toBeGreaterThan(100)
  expect([missing, untold]).toEqual([[], []])
})

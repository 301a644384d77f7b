import { readFileSync } from 'node:fs'
import { DAMAGED_STORES, SAMPLE_STORES } from '@catalog/testkit/layouts'
import { expect, it } from 'vitest'

type Row = Readonly<Record<string, string>>

/** The rows of a feature's examples, by the scenario outline that they belong to. */
function readExamples(feature: string): ReadonlyMap<string, readonly Row[]> {
  const text = readFileSync(new URL(`../features/${feature}.feature`, import.meta.url), 'utf8')
  const outlines = text.split(/^ *Scenario Outline: /mu).slice(1)
  return new Map(outlines.map((outline) => [outline.split('\n', 1)[0] ?? '', readRows(outline)]))
}

function readRows(outline: string): readonly Row[] {
  const [, ...tables] = outline.split(/^ *Examples:.*$/mu)
  return tables.flatMap((table) => {
    const lines = table.split('\n').filter((line) => line.trimStart().startsWith('|'))
    const [names = [], ...rows] = lines.map(toCells)
    return rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])))
  })
}

function toCells(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

const importing = readExamples('importing')
const traps = readExamples('importing-traps')

it.each(['The models in the store of <tool>: <id>', 'The store of <tool>, verified and imported once more'])(
  'every layout has a row of "%s"',
  (outline) => {
    const tools = new Set(importing.get(outline)?.map(({ tool }) => tool))
    expect(Object.keys(SAMPLE_STORES).filter((layout) => !tools.has(layout))).toEqual([])
  },
)

it('every damaged store has a row of its own', () => {
  const rows = [
    ...(traps.get('A store of <tool> with <damage>') ?? []),
    ...(traps.get('A store of <tool> with <difference>, which is not a damage') ?? []),
    ...(traps.get('A store of <tool> with <difference>, beside what the whole one has') ?? []),
  ]
  const damaged = Object.entries(DAMAGED_STORES).flatMap(([layout, damages]) =>
    Object.keys(damages).map((damage) => `${layout} with ${damage}`),
  )
  expect(rows.map(({ tool, damage, difference }) => `${tool} with ${damage ?? difference}`).sort()).toEqual(
    damaged.sort(),
  )
})

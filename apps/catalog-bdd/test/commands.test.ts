import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const FEATURES = new URL('../features/', import.meta.url)

it('every command of the program is run by a feature', () => {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  const names = [...page.matchAll(/^## catalog (.+)$/gmu)].map(([, name = '']) => name)
  const features = readdirSync(FEATURES).map((name) => readFileSync(new URL(name, FEATURES), 'utf8'))
  // A command line, or a row of examples that is put into one.
  const isRun = (name: string): boolean =>
    features.some((text) => new RegExp(`(?:\`catalog|\\|) ${name}(?: |\`)`, 'u').test(text))
  // Those that only hold other commands.
  const groups = names.filter((name) => names.some((other) => other.startsWith(`${name} `)))
  const commands = names.filter((name) => !groups.includes(name) || name === 'policy')
  expect(commands.length).toBeGreaterThan(30)
  expect(commands.filter((name) => !isRun(name))).toEqual([])
})

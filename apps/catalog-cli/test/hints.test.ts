import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { createWorld, type Run, type World } from './world.ts'

const BYTES = sampleGguf('m')

interface Situation {
  readonly prepare: (world: World) => Promise<void>
  readonly args: readonly string[]
  /** What the hints name, one after another, until a command succeeds or only a person can go on. */
  readonly leads: readonly string[]
  /** The end of the way: 0, or the code of what a person has to do first. */
  readonly code: number
}

const SITUATIONS: Readonly<Record<string, Situation>> = {
  'no such model': { prepare: addModel, args: ['show', 'other'], leads: ['ls'], code: 0 },
  'an id that is taken': {
    prepare: addModel,
    args: ['register', 'm', '--source', 's'],
    leads: ['show m'],
    code: 0,
  },
  'a Pending model is to be Active': {
    prepare: registerModel,
    args: ['state', 'm', 'Active'],
    leads: ['verify m'],
    code: 0,
  },
  'a Pending model is to be resolved': {
    prepare: registerModel,
    args: ['resolve', 'm'],
    leads: ['verify m'],
    code: 0,
  },
  'a Pending model without its file': {
    prepare: async (world) => void (await world.run('register', 'm', '--source', 's')),
    args: ['resolve', 'm'],
    leads: ['verify m'],
    code: 14,
  },
  'a Retired model is to be resolved': {
    prepare: async (world) => {
      await addModel(world)
      await world.run('state', 'm', 'Retired')
    },
    args: ['resolve', 'm'],
    leads: ['state m Active'],
    code: 0,
  },
  'a Retired model that was never verified is to be resolved': {
    prepare: async (world) => {
      await registerModel(world)
      await world.run('state', 'm', 'Retired')
    },
    args: ['resolve', 'm'],
    leads: ['state m Active', 'verify m', 'state m Active'],
    code: 0,
  },
  'a catalog that is damaged': {
    prepare: damage,
    args: ['ls'],
    leads: ['repair'],
    code: 0,
  },
  'a catalog beyond repair': {
    prepare: async (world) => {
      await damage(world)
      await world.run('repair')
      for (const name of ['snapshot', 'journal']) rmSync(join(world.root, `.catalog/${name}-000001.jsonl`))
      writeFileSync(join(world.root, '.catalog/snapshot-000002.jsonl'), 'noise')
    },
    args: ['ls'],
    leads: ['repair'],
    code: 30,
  },
  'a catalog.json that cannot be adopted': {
    prepare: async (world) => void world.write('models/catalog.json', '{"models":[{"id":"m"}]}'),
    args: ['ls'],
    leads: [],
    code: 30,
  },
}

async function registerModel(world: World): Promise<void> {
  world.write('models/m.gguf', BYTES)
  await world.run('register', 'm', '--source', 's')
}

async function addModel(world: World): Promise<void> {
  await world.run('add', world.write('models/m.gguf', BYTES))
}

async function damage(world: World): Promise<void> {
  for (const id of ['a', 'b']) await world.run('register', id, '--source', 's')
  const journal = join(world.root, '.catalog/journal-000001.jsonl')
  truncateSync(journal, statSync(journal).size - 400)
}

/** The commands that a hint names. */
function commandsOf({ stderr }: Run): readonly string[] {
  const hint = /hint: (.*)/u.exec(stderr)?.[1] ?? ''
  const named = hint.matchAll(/catalog ((?:ls|repair)\b|(?:show|verify) m\b|state m Active\b)/gu)
  return Array.from(named, ([, command = '']) => command)
}

it.each(Object.entries(SITUATIONS))('the hints lead out: %s', async (_name, situation) => {
  const world = createWorld()
  await situation.prepare(world)
  let run = await world.run(...situation.args)
  expect(run.stderr).toContain('hint: ')
  const leads: string[] = []
  // A hint that leads in a circle would go on for ever.
  for (let turn = 0; turn < 5 && run.code !== 0; turn++) {
    for (const command of commandsOf(run)) {
      leads.push(command)
      run = await world.run(...command.split(' '))
    }
  }
  expect({ leads, code: run.code }).toEqual({ leads: situation.leads, code: situation.code })
})

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scaleRuns } from '@catalog/testkit/running'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type Catalog,
  isCatalogError,
  type ListQuery,
  type ModelEntry,
  ModelRef,
  openCatalog,
  type RegistrationInput,
} from '../src/index.ts'
import { NAUGHTY_STRINGS } from './naughty-strings.ts'

/** Every string is tried in the deep run, and every twentieth in the short one. */
const STRIDE = scaleRuns(1) > 1 ? 1 : 20

let outside: string
let root: string
let catalog: Catalog
const prototypes = readPrototypes()

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'catalog-naughty-'))
  root = join(outside, 'models')
  catalog = await openCatalog({ root })
})

afterAll(async () => {
  await catalog.close()
  await rm(outside, { recursive: true })
})

/** A registration with the text in one field, and what is to come back of it. */
const FIELDS: Readonly<Record<string, (text: string, id: string) => RegistrationInput>> = {
  id: (text) => ({ id: text, source: 's' }),
  name: (text, id) => ({ id, source: 's', name: text }),
  source: (text, id) => ({ id, source: text }),
  tags: (text, id) => ({ id, source: 's', tags: [text, 'x'] }),
  file: (text, id) => ({ id, source: 's', file: text }),
  location: (text, id) => ({ id, source: 's', location: text }),
  actor: (text, id) => ({ id, source: 's', actor: text }),
  reason: (text, id) => ({ id, source: 's', reason: text }),
  digest: (text, id) => ({ id, source: 's', digest: text }),
}

it('comes back as it went in, through closing and opening, or is refused', async () => {
  const kept = new Map<string, { readonly entry: ModelEntry; readonly input: RegistrationInput }>()
  for (const [field, toInput] of Object.entries(FIELDS)) {
    const inputs = NAUGHTY_STRINGS.map((text, index) => toInput(text, `${field}-${index}`))
    const outcomes = await Promise.allSettled(inputs.map((input) => catalog.register(input)))
    for (const [index, outcome] of outcomes.entries()) {
      const input = inputs[index] ?? expect.unreachable()
      if (outcome.status === 'rejected') expectRefusal(outcome.reason)
      else kept.set(outcome.value.id, { entry: outcome.value, input })
    }
  }
  expect(kept.size).toBeGreaterThan(NAUGHTY_STRINGS.length)
  await catalog.close()
  catalog = await openCatalog({ root })
  const history = new Map((await catalog.history.changes()).map((change) => [String(change.id), change]))
  for (const [id, { entry, input }] of kept) {
    const { actor, reason, ...fields } = input
    expect(await catalog.get(id)).toEqual(entry)
    expect(entry).toMatchObject(fields)
    expect(history.get(id)).toMatchObject({ ...(actor && { actor }), ...(reason && { reason }), entry })
  }
  expect(await catalog.count()).toBe(kept.size)
})

it('may be asked for in every way', async () => {
  // Each question reads all that was kept: every string in turn is for `pnpm test:deep`.
  const asked = NAUGHTY_STRINGS.filter((_, index) => index % STRIDE === 0)
  for (const text of asked) {
    for (const [field, query] of Object.entries(toQueries(text))) {
      const found = await orRefusal(() => catalog.list(query))
      for (const entry of found ?? []) expectFound(field, entry, text)
    }
    for (const entry of (await orRefusal(() => catalog.locate(text))) ?? [])
      expect(entry.paths).toHaveLength(1)
    await orRefusal(() => catalog.get(text))
    await orRefusal(() => catalog.modelPath(text))
    await orRefusal(() => catalog.history.stateAt(text))
    await orRefusal(() => catalog.setState(text, 'Active', { actor: text, reason: text }))
    await orRefusal(() => catalog.remove(text, { ifRevision: 99, reason: text }))
    await orRefusal(async () => ModelRef.parse(text))
  }
})

it('leaves nothing outside the root, none but the catalog in it, and no prototype another', async () => {
  await catalog.close()
  expect(await readdir(outside)).toEqual(['models'])
  expect((await readdir(root)).sort()).toEqual(['.catalog', 'catalog.json'])
  expect(readPrototypes()).toEqual(prototypes)
  catalog = await openCatalog({ root })
})

function toQueries(text: string): Readonly<Record<string, ListQuery>> {
  return {
    name: { name: text },
    source: { source: text },
    tag: { tag: text },
    file: { file: text },
    location: { location: text },
    text: { text, limit: 3 },
    digest: { digest: text },
    after: { after: text, limit: 3 },
    cursor: { after: text, order: 'name', limit: 3 },
    time: { registeredAt: { from: text } },
    order: { order: text as never },
  }
}

function expectFound(field: string, entry: ModelEntry, text: string): void {
  if (field === 'name' || field === 'file' || field === 'location') expect(entry[field]).toBe(text)
  if (field === 'tag') expect(entry.tags).toContain(text)
  if (field === 'after') expect(entry.id > text).toBe(true)
}

async function orRefusal<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    expectRefusal(error)
    return undefined
  }
}

const REFUSALS = ['INVALID_INPUT', 'ALREADY_EXISTS', 'NOT_FOUND', 'CONFLICT', 'INVALID_TRANSITION']

function expectRefusal(error: unknown): void {
  if (!isCatalogError(error) || !REFUSALS.includes(error.code)) throw error
  // Neither a terminal nor a line of a log may be taken over by it.
  expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
}

function readPrototypes(): unknown {
  return [Object, Array, String, Map, Function].map(({ prototype }) => Reflect.ownKeys(prototype))
}

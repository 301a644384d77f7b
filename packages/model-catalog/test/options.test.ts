import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Catalog,
  isCatalogError,
  openCatalog,
  pruneHistory,
  repairCatalog,
  verifyHistory,
} from '../src/index.ts'

/** What an option is given that it does not take. No option takes a symbol. */
const WRONG = Symbol('wrong')

interface Method {
  /** Calls it with these as its options. */
  readonly call: (catalog: Catalog, options: never) => unknown
  readonly options: readonly string[]
  /** Options without which a call is refused. */
  readonly required?: object
}

const by = ['actor', 'reason']
const write = [...by, 'ifRevision']
const reading = ['signal', 'onProgress']
const filters = ['state', 'name', 'source', 'digest', 'file', 'location', 'tag', 'text', 'sizeBytes']
const query = [...filters, 'registeredAt', 'verifiedAt', 'order', 'after', 'limit']
const input = ['name', 'source', 'digest', 'sizeBytes', 'file', 'location', 'files', 'tags']
const registration = { id: 'a', source: 'https://host.example/a.gguf' }
const forMs = { forMs: 1000 }
const emptyPlan = { version: 1 as const, node: 'here', at: '2025-10-01T00:00:00Z', bytes: 0 }
const plan = { ...emptyPlan, findings: [], actions: [] }

/** Methods that take an object, by the names in which they are found on the catalog. */
const METHODS: Readonly<Record<string, Method>> = {
  register: {
    call: (catalog, options) => catalog.register(options),
    options: [...input, 'id', ...by],
    required: registration,
  },
  verify: {
    call: (catalog, options) => catalog.verify('a', undefined, options),
    options: [...by, ...reading],
  },
  update: { call: (catalog, options) => catalog.update('a', {}, options), options: write },
  setState: {
    call: (catalog, options) => catalog.setState('a', 'Retired', options),
    options: [...write, 'wait'],
  },
  remove: { call: (catalog, options) => catalog.remove('a', options), options: [...write, 'wait'] },
  list: { call: (catalog, options) => catalog.list(options), options: query },
  page: { call: (catalog, options) => catalog.page(options), options: query },
  count: { call: (catalog, options) => catalog.count(options), options: query },
  watch: { call: (catalog, options) => catalog.watch(options), options: ['since', 'signal'] },
  'downloads.begin': {
    call: ({ downloads }, options) => downloads.begin('a', options),
    options: [...write, 'holder', 'forMs', 'inPlace'],
  },
  'downloads.renew': {
    call: ({ downloads }, options) => downloads.renew('a', options),
    options: [...write, 'holder', 'forMs'],
  },
  'downloads.finish': {
    call: ({ downloads }, options) => downloads.finish('a', options),
    options: [...by, ...reading, 'holder', 'forMs'],
  },
  'downloads.abandon': {
    call: ({ downloads }, options) => downloads.abandon('a', options),
    options: [...write, 'holder'],
  },
  'leases.take': {
    call: ({ leases }, options) => leases.take('a', options),
    options: [...by, 'holder', 'forMs', 'until'],
    required: forMs,
  },
  'leases.renew': {
    call: ({ leases }, options) => leases.renew('a', 'lease', options),
    options: [...by, 'forMs', 'until'],
    required: forMs,
  },
  'leases.release': { call: ({ leases }, options) => leases.release('a', 'lease', options), options: by },
  'history.prune': {
    call: ({ history }, options) => history.prune(options),
    options: ['keepSegments', 'before', 'dryRun'],
  },
  'upkeep.audit': {
    call: ({ upkeep }, options) => upkeep.audit(options),
    options: [...by, ...reading, 'olderThanMs', 'bytesPerSecond', 'maxBytes', 'maxDurationMs'],
  },
  'upkeep.collect': {
    call: ({ upkeep }, options) => upkeep.collect(options),
    options: ['retired', 'quarantined', 'partials', 'orphans', 'olderThanMs'],
  },
  'upkeep.dedupe': {
    call: ({ upkeep }, options) => upkeep.dedupe(options),
    options: ['method'],
    required: { method: 'hard-link' },
  },
  'upkeep.apply': {
    call: ({ upkeep }, options) => upkeep.apply(plan, options),
    options: [...by, ...reading],
  },
}

/** The second argument of `update`, which is no object of options, but as strict. */
const UPDATE: Method = { call: (catalog, update) => catalog.update('a', update), options: input }

/** Functions of the package; the ones of a root take it first or among the options. */
const FUNCTIONS: Readonly<Record<string, Method>> = {
  openCatalog: {
    call: (_catalog, options) => openCatalog(options),
    options: [
      ...['root', 'readOnly', 'create', 'intactPrefix', 'onlyWriter', 'onRecovery', 'node'],
      ...['searchRoots', 'symlinks', 'policy', 'holder', 'observer', 'clock'],
    ],
  },
  verifyHistory: { call: (_catalog, options) => verifyHistory(options), options: ['root'] },
  pruneHistory: {
    call: (_catalog, options) => pruneHistory(options),
    options: ['root', 'keepSegments', 'before', 'dryRun'],
  },
  repairCatalog: {
    call: (_catalog, options) => repairCatalog(root, options),
    options: ['clock', 'onlyWriter', 'disk'],
  },
}

/** Methods whose arguments are all positional. */
const WITHOUT_OPTIONS = [
  ...['get', 'counts', 'listByState', 'findByName', 'locate', 'modelPath', 'resolve', 'openVerified'],
  ...['refresh', 'close', 'leases.list', 'history.changes', 'history.of', 'history.stateAt'],
  'history.verify',
  ...['upkeep.doctor', 'upkeep.stats'],
]

const root = mkdtempSync(join(tmpdir(), 'options-'))
let catalog: Catalog

beforeAll(async () => {
  catalog = await openCatalog({ root, node: 'here' })
})
afterAll(async () => {
  await catalog.close()
  rmSync(root, { recursive: true })
})

function methodsOf(instance: object): readonly string[] {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(instance))
  return names.filter((name) => name !== 'constructor')
}

it('the table has every method of the catalog and its facets', () => {
  const facets = Object.entries(catalog).filter(([, value]) => typeof value === 'object')
  const found = [
    ...methodsOf(catalog),
    ...facets.flatMap(([facet, value]) => methodsOf(value).map((name) => `${facet}.${name}`)),
  ]
  expect(facets.map(([name]) => name)).toEqual(['downloads', 'leases', 'history', 'upkeep'])
  expect([...Object.keys(METHODS), ...WITHOUT_OPTIONS].sort()).toEqual(found.sort())
})

/** The fields that INVALID_INPUT names; whatever else comes of the call fails the test. */
async function refusedFields({ call }: Method, options: unknown): Promise<readonly string[]> {
  try {
    await call(catalog, options as never)
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.details.problems.map(({ field }) => field)
    throw error
  }
  return []
}

async function messageOf({ call }: Method, options: unknown): Promise<string> {
  const run = async (): Promise<unknown> => call(catalog, options as never)
  return run().then(
    () => 'accepted',
    (error: Error) => error.message,
  )
}

const ALL: readonly (readonly [string, Method])[] = [
  ...Object.entries({ ...METHODS, ...FUNCTIONS, 'update, its changes': UPDATE }),
]

describe.each(ALL)('%s', (_name, method) => {
  const required = method.required ?? {}

  it.each(method.options)('refuses %s if it is misspelt', async (name) => {
    const misspelt = `${name}s`
    expect(await refusedFields(method, { ...required, [misspelt]: 1 })).toEqual([misspelt])
  })

  it.each(method.options)('refuses %s of a wrong type', async (name) => {
    expect(await refusedFields(method, { ...required, [name]: WRONG })).toContain(name)
  })

  it.each(['/path', 5, true, null, []])('refuses %j where the options belong', async (options) => {
    expect(await messageOf(method, options)).toMatch(/must be (?:an|of type) object/u)
  })
})

it.each([
  ['remove', { ifRevison: 1 }, 'ifRevison is not an option: did you mean ifRevision?'],
  ['openCatalog', { redOnly: true }, 'redOnly is not an option: did you mean readOnly?'],
  ['register', { ...registration, digset: null }, 'digset is not a known field: did you mean digest?'],
  ['list', { stat: 'Active' }, 'stat is not an option: did you mean state?'],
  ['verifyHistory', '/path', 'options must be an object, not a string'],
  [
    'openCatalog',
    { policy: { maxEvidenceAge: 1 } },
    'policy.maxEvidenceAge is not an option: did you mean maxEvidenceAgeMs?',
  ],
])('%s with %j says: %s', async (name, options, message) => {
  const method = { ...METHODS, ...FUNCTIONS }[name] ?? expect.unreachable()
  expect(await messageOf(method, options)).toBe(message)
})

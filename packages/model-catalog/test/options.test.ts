import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeOptions, type OptionsCall } from '@catalog/testkit/private'
import * as verify from '@catalog/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as facade from '../src/index.ts'

const by = ['actor', 'reason']
const write = [...by, 'ifRevision']
const reading = ['signal', 'onProgress']
const filters = ['state', 'name', 'source', 'digest', 'file', 'location', 'tag', 'text', 'sizeBytes']
const facts = ['architecture', 'quantisation', 'parameters']
const query = [...filters, ...facts, 'registeredAt', 'verifiedAt', 'order', 'after', 'limit']
const described = ['name', 'source', 'digest', 'digestOrigin', 'sizeBytes']
const input = [...described, 'file', 'location', 'linksInto', 'files', 'tags']
const registration = { id: 'a', source: 'https://host.example/a.gguf' }
const entry = { id: 'a', source: 'hf:org/repo' } as facade.ModelEntry
const forMs = { forMs: 1000 }
const emptyPlan = { version: 1 as const, node: 'here', at: '2025-10-01T00:00:00Z', bytes: 0 }
const plan = { ...emptyPlan, findings: [], actions: [] }

/** Methods that take an object, by the names in which they are found on the catalog. */
const METHODS: Readonly<Record<string, OptionsCall>> = {
  register: {
    call: (options) => catalog.register(options),
    options: [...input, 'id', ...by],
    required: registration,
    input: 'registration',
    kind: 'a known field',
  },
  verify: {
    call: (options) => catalog.verify('a', undefined, options),
    options: [...by, ...reading],
  },
  update: { call: (options) => catalog.update('a', {}, options), options: write },
  setState: {
    call: (options) => catalog.setState('a', 'Retired', options),
    options: [...write, 'wait'],
  },
  remove: { call: (options) => catalog.remove('a', options), options: [...write, 'wait'] },
  list: { call: (options) => catalog.list(options), options: query, input: 'query' },
  page: { call: (options) => catalog.page(options), options: query, input: 'query' },
  count: { call: (options) => catalog.count(options), options: query, input: 'query' },
  watch: { call: (options) => catalog.watch(options), options: ['since', 'signal'] },
  'downloads.begin': {
    call: (options) => catalog.downloads.begin('a', options),
    options: [...write, 'holder', 'forMs', 'inPlace'],
  },
  'downloads.renew': {
    call: (options) => catalog.downloads.renew('a', options),
    options: [...write, 'holder', 'forMs'],
  },
  'downloads.finish': {
    call: (options) => catalog.downloads.finish('a', options),
    options: [...by, ...reading, 'holder', 'forMs'],
  },
  'downloads.abandon': {
    call: (options) => catalog.downloads.abandon('a', options),
    options: [...write, 'holder', 'failed'],
  },
  'leases.take': {
    call: (options) => catalog.leases.take('a', options),
    options: [...by, 'holder', 'forMs', 'until'],
    required: forMs,
  },
  'leases.renew': {
    call: (options) => catalog.leases.renew('a', 'lease', options),
    options: [...by, 'forMs', 'until'],
    required: forMs,
  },
  'leases.release': { call: (options) => catalog.leases.release('a', 'lease', options), options: by },
  'policy.set': { call: (options) => catalog.policy.set({}, options), options: by },
  'history.prune': {
    call: (options) => catalog.history.prune(options),
    options: ['keepSegments', 'before', 'dryRun'],
  },
  'upkeep.audit': {
    call: (options) => catalog.upkeep.audit(options),
    options: [...by, ...reading, 'olderThanMs', 'bytesPerSecond', 'maxBytes', 'maxDurationMs'],
  },
  'upkeep.doctor': {
    call: (options) => catalog.upkeep.doctor(options),
    options: ['forgetAbsent'],
  },
  'upkeep.collect': {
    call: (options) => catalog.upkeep.collect(options),
    options: ['retired', 'quarantined', 'partials', 'orphans', 'olderThanMs', 'maxReadBytes', 'lastCopy'],
  },
  'upkeep.dedupe': {
    call: (options) => catalog.upkeep.dedupe(options),
    options: ['method'],
  },
  'upkeep.apply': {
    call: (options) => catalog.upkeep.apply(plan, options),
    options: [...by, ...reading],
  },
}

/** The second argument of `update`, which is not an options object, but as strict. */
const UPDATE: OptionsCall = {
  call: (update) => catalog.update('a', update),
  options: input,
  input: 'update',
  kind: 'a known field',
}

/** Functions of the package; the ones of a root take it first or among the options. */
const FUNCTIONS: Readonly<Record<string, OptionsCall>> = {
  openCatalog: {
    call: (options) => facade.openCatalog(options),
    options: [
      ...[
        'root',
        'store',
        'readOnly',
        'create',
        'intactPrefix',
        'onlyWriter',
        'onRecovery',
        'onStaleView',
        'node',
      ],
      ...['searchRoots', 'symlinks', 'threads', 'policy', 'holder', 'observer', 'clock'],
    ],
  },
  toPublicEntry: {
    call: (options) => facade.toPublicEntry(entry, options),
    options: ['paths', 'extra'],
  },
  verifyHistory: { call: (options) => facade.verifyHistory(options), options: ['root'] },
  migrateCatalog: {
    call: (options) => facade.migrateCatalog(options),
    options: ['from', 'to', 'dryRun', 'onProgress', 'signal'],
    required: { from: 'nowhere', to: 'elsewhere' },
  },
  pruneHistory: {
    call: (options) => facade.pruneHistory(options),
    options: ['root', 'keepSegments', 'before', 'dryRun'],
  },
  repairCatalog: {
    call: (options) => facade.repairCatalog(root, options),
    options: ['clock', 'onlyWriter', 'disk'],
  },
}

/** Methods whose arguments are all positional. */
const POSITIONAL_METHODS = [
  ...['get', 'counts', 'listByState', 'findByName', 'locate', 'modelPath', 'resolve', 'openVerified'],
  ...['refresh', 'close', 'leases.list', 'history.changes', 'history.of', 'history.stateAt'],
  ...['history.size', 'history.totals', 'history.verify', 'standing', 'upkeep.stats', 'policy.get'],
  ...['fleet.copies', 'fleet.copiesOf'],
]

/** Functions whose arguments are all positional. */
const POSITIONAL_FUNCTIONS = [
  ...['canTransition', 'countCopies', 'evidenceOf', 'hasMatchingEvidence', 'isMatchingEvidence'],
  ...[
    'findAnchorProblem',
    'findDefaultRoot',
    'parseLifecycleState',
    'parsePlan',
    'redactSource',
    'redactStoreUrl',
  ],
  'sizeOfEntry',
]

const root = mkdtempSync(join(tmpdir(), 'options-'))
let catalog: facade.Catalog

beforeAll(async () => {
  catalog = await facade.openCatalog({ root, node: 'here' })
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
  expect(facets.map(([name]) => name)).toEqual([
    'downloads',
    'leases',
    'policy',
    'history',
    'upkeep',
    'fleet',
  ])
  expect([...Object.keys(METHODS), ...POSITIONAL_METHODS].sort()).toEqual(found.sort())
})

it('the tables have every function of the package that is not one of the verifier', () => {
  const verifiers = new Set<unknown>(Object.values(verify))
  const found = Object.entries(facade).filter(
    ([, value]) => typeof value === 'function' && !isClass(value) && !verifiers.has(value),
  )
  expect([...Object.keys(FUNCTIONS), ...POSITIONAL_FUNCTIONS].sort()).toEqual(
    found.map(([name]) => name).sort(),
  )
})

function isClass(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false
}

async function messageOf({ call }: OptionsCall, options: unknown): Promise<string> {
  const run = async (): Promise<unknown> => call(options as never)
  return run().then(
    () => 'accepted',
    (error: Error) => error.message,
  )
}

describeOptions({ ...METHODS, ...FUNCTIONS, 'update, its changes': UPDATE })

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

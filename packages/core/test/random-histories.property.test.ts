import { createMemoryBacking, foldChanges, sampleDigest } from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import { type CatalogErrorCode, isCatalogError, LIFECYCLE_STATES } from '@catalog/types'
import { foldModelId } from '@catalog/types/adapter'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Catalog } from '../src/catalog.ts'
import { hasMatchingEvidence } from '../src/evidence/evidence.ts'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'

const IDS = ['a', 'A', 'constructor']
const PATHS = ['/models/a.gguf', '/models/A.gguf', '/models/constructor.gguf', '/srv/elsewhere.gguf']
const EXPECTED_CODES: readonly CatalogErrorCode[] = [
  ...(['ALREADY_EXISTS', 'NOT_FOUND', 'CONFLICT', 'INVALID_TRANSITION'] as const),
  ...(['DIGEST_MISMATCH', 'SIZE_MISMATCH', 'FILE_MISSING'] as const),
]

const id = fc.constantFrom(...IDS)
const seed = fc.integer({ min: 1, max: 2 })
const action = fc.oneof(
  fc.record({ do: fc.constant('register'), id, seed: fc.option(seed), hasSize: fc.boolean() }),
  fc.record({
    do: fc.constant('put-file'),
    path: fc.constantFrom(...PATHS),
    seed,
    sizeBytes: fc.constantFrom(10, 11),
  }),
  fc.record({
    do: fc.constant('verify'),
    id,
    path: fc.option(fc.constantFrom(...PATHS), { nil: undefined }),
  }),
  fc.record({ do: fc.constant('verify'), id, path: fc.constant(undefined) }),
  fc.record({ do: fc.constant('set-state'), id, state: fc.constantFrom(...LIFECYCLE_STATES) }),
  fc.record({ do: fc.constant('remove'), id }),
)
type Generated<A> = A extends fc.Arbitrary<infer T> ? T : never
type Action = Generated<typeof action>
/** Done at once, each on one of two nodes. */
const step = fc.array(fc.record({ node: fc.nat({ max: 1 }), action }), { minLength: 1, maxLength: 3 })

async function perform({ catalog, files }: TestCatalog, action: Action): Promise<unknown> {
  if ('path' in action && 'seed' in action)
    return files.put(action.path, sampleDigest(action.seed), action.sizeBytes)
  if ('hasSize' in action) {
    const digest = action.seed === null ? null : sampleDigest(action.seed)
    const size = action.hasSize ? { sizeBytes: 10 } : {}
    return catalog.register({ id: action.id, source: 'hf:org/model', digest, ...size })
  }
  if ('state' in action) return catalog.setState(action.id, action.state)
  return 'path' in action ? catalog.verify(action.id, action.path) : catalog.remove(action.id)
}

/** Every digest that any node ever read, so that no evidence is of thin air. */
function watchReads(opened: TestCatalog, node: string, seen: Set<string>): void {
  const digestFile = opened.files.digestFile.bind(opened.files)
  opened.files.digestFile = async (path, options) => {
    const read = await digestFile(path, options)
    seen.add(`${node} ${read.digest}`)
    return read
  }
}

async function assertInvariants(catalog: Catalog, seen: ReadonlySet<string>): Promise<void> {
  for (const entry of await catalog.list()) {
    if (entry.state === 'Active') expect(hasMatchingEvidence(entry)).toBe(true)
    if (entry.state === 'Active') expect(entry.verifiedAt).not.toBeNull()
    if (entry.failure !== undefined) expect(entry.state).toBe('Failed')
    for (const [node, evidence] of Object.entries(entry.evidence ?? {})) {
      expect(seen).toContain(`${node} ${evidence.digest}`)
      if (evidence.outcome === 'match') expect(evidence.digest).toBe(entry.digest)
    }
  }
  const changes = await catalog.history.changes()
  expect(await catalog.history.totals()).toEqual(foldChanges(changes, await catalog.refresh()))
  for (const folded of new Set(IDS.map(foldModelId))) {
    const revisions = changes
      .filter(({ id, isUnchanged }) => foldModelId(id) === folded && isUnchanged !== true)
      .map(({ revision }) => revision)
    expect(revisions).toEqual(revisions.map((_, index) => index + 1))
  }
}

async function play(steps: readonly Generated<typeof step>[]): Promise<void> {
  const backing = createMemoryBacking()
  const nodes = [
    await openTestCatalog({ backing }),
    await openTestCatalog({ backing, node: 'node-2' }),
  ] as const
  const seen = new Set<string>()
  watchReads(nodes[0], 'volume-1', seen)
  watchReads(nodes[1], 'volume-2', seen)
  for (const together of steps) {
    const doing = together.map(({ node, action }) => perform(nodes[node === 0 ? 0 : 1], action))
    for (const outcome of await Promise.allSettled(doing)) {
      if (outcome.status === 'fulfilled') continue
      if (!isCatalogError(outcome.reason)) throw outcome.reason
      expect(EXPECTED_CODES).toContain(outcome.reason.code)
    }
    await assertInvariants(nodes[0].catalog, seen)
  }
}

it('keeps its promises through any history of two nodes', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 15 }), play), { numRuns: scaleRuns(60) })
})

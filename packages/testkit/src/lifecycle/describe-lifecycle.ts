import { isCatalogError, LIFECYCLE_STATES, type LifecycleState, type ModelEntry } from '@catalog/types'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleDigest } from '../samples/samples.ts'
import type { CatalogWorld, TriedCatalog } from './catalog-harness.ts'
import { ReferenceLifecycle, type ReferenceOutcome } from './reference-lifecycle.ts'

const IDS = ['a', 'constructor'] as const
const TAGS: readonly (readonly string[])[] = [['base'], ['chat'], ['chat', 'q4']]
const LEASE_MS = 1000

/** What an operator, a provisioner and an orchestrator ask of a catalog. */
type CatalogAction =
  | { readonly do: 'register'; readonly id: string; readonly digest: number | null }
  | { readonly do: 'verify'; readonly id: string }
  | {
      readonly do: 'set'
      readonly id: string
      readonly to: LifecycleState
      readonly revision: number | undefined
    }
  | {
      readonly do: 'update'
      readonly id: string
      readonly tags: number
      readonly digest: number | null | undefined
    }
  | { readonly do: 'remove'; readonly id: string }
  | { readonly do: 'resolve'; readonly id: string }
  | { readonly do: 'lease'; readonly id: string }
  | { readonly do: 'release'; readonly id: string }

/** What happens to the files, the time, and the programs. */
type OtherAction =
  | { readonly do: 'put'; readonly id: string; readonly bytes: number }
  | { readonly do: 'delete'; readonly id: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'reopen' }
  | { readonly do: 'crash' }

type Action = CatalogAction | OtherAction

/** Which of the two programs that have the catalog open does it. */
interface Step {
  readonly program: number
  readonly action: Action
}

const id = fc.constantFrom(...IDS)
const seed = fc.constantFrom(1, 2)
const digest = fc.option(seed)
function mostlyAbsent<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}

const register = fc.record({ do: fc.constant('register'), id, digest })
const put = fc.record({ do: fc.constant('put'), id, bytes: seed })
const verify = fc.record({ do: fc.constant('verify'), id })
const set = fc.record({
  do: fc.constant('set'),
  id,
  to: fc.constantFrom(...LIFECYCLE_STATES),
  revision: mostlyAbsent(fc.integer({ min: 1, max: 9 })),
})
const update = fc.record({
  do: fc.constant('update'),
  id,
  tags: fc.nat({ max: TAGS.length - 1 }),
  digest: mostlyAbsent(digest),
})

/** What leads a model on is done more often than what ends it, so that histories get somewhere. */
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: register },
  { weight: 2, arbitrary: put },
  { weight: 5, arbitrary: verify },
  { weight: 4, arbitrary: set },
  { weight: 2, arbitrary: update },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resolve'), id }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('lease'), id }) },
  fc.record({ do: fc.constant('release'), id }),
  fc.record({ do: fc.constant('remove'), id }),
  fc.record({ do: fc.constant('delete'), id }),
  fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, LEASE_MS) }),
  fc.record({ do: fc.constant('reopen') }),
  fc.record({ do: fc.constant('crash') }),
)
const program = fc.nat({ max: 1 })
/** A model with a file, which may be the right one, and then anything. */
const beginning = fc
  .tuple(register, seed)
  .map(([registered, bytes]): readonly Action[] => [registered, { do: 'put', id: registered.id, bytes }])
const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(beginning, fc.array(fc.record({ program, action }), { maxLength: 40, size: 'max' }))
  .map(([first, rest]) => [...first.map((each) => ({ program: 0, action: each })), ...rest])

export interface LifecycleOptions {
  readonly createWorld: () => Promise<CatalogWorld>
  /** How many random histories are played. */
  readonly runs: number
}

/** Plays random histories on a catalog and on the plain reference, and finds them the same after each step. */
export function describeLifecycle({ createWorld, runs }: LifecycleOptions): void {
  describe('the lifecycle of models', () => {
    it(`is that of the plain reference, in ${runs} histories`, async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          const player = new Player(await createWorld())
          try {
            await player.play(history)
          } finally {
            await player.dispose()
          }
        }),
        { numRuns: runs },
      )
    })
  })
}

class Player {
  readonly #world: CatalogWorld
  readonly #reference: ReferenceLifecycle = new ReferenceLifecycle()
  readonly #programs: TriedCatalog[] = []
  /** The last lease on each model. */
  readonly #leases: Map<string, string> = new Map()

  constructor(world: CatalogWorld) {
    this.#world = world
  }

  async play(history: readonly Step[]): Promise<void> {
    this.#programs.push(await this.#world.open(), await this.#world.open())
    for (const { program, action } of history) {
      const catalog = this.#programs[program]
      if (catalog === undefined) throw new Error('two programs are open')
      await this.#step(catalog, program, action)
      for (const reader of this.#programs) {
        expect((await reader.list()).map(toShown)).toEqual(this.#reference.shown())
      }
    }
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs) await program.close()
    await this.#world.dispose()
  }

  async #step(catalog: TriedCatalog, program: number, action: Action): Promise<void> {
    switch (action.do) {
      case 'put':
        this.#world.files.put(this.#world.pathOf(`${action.id}.gguf`), sampleDigest(action.bytes))
        return this.#reference.put(action.id, action.bytes)
      case 'delete':
        this.#world.files.delete(this.#world.pathOf(`${action.id}.gguf`))
        return this.#reference.deleteFile(action.id)
      case 'wait':
        this.#world.clock.advance(action.ms)
        this.#reference.nowMs += action.ms
        return
      case 'reopen':
      case 'crash':
        await (action.do === 'crash' ? this.#world.crash(catalog) : catalog.close())
        this.#programs[program] = await this.#world.open()
        return
      default: {
        const { found, expected } = await this.#perform(catalog, action)
        expect({ action, outcome: found }).toEqual({ action, outcome: expected })
      }
    }
  }

  async #perform(
    catalog: TriedCatalog,
    action: CatalogAction,
  ): Promise<{ readonly found: ReferenceOutcome; readonly expected: ReferenceOutcome }> {
    const reference = this.#reference
    const { id } = action
    switch (action.do) {
      case 'register': {
        const digest = action.digest === null ? null : sampleDigest(action.digest)
        const found = await outcomeOf(catalog.register({ id, source: 'hf:org/model', digest }))
        return { found, expected: reference.register(id, action.digest) }
      }
      case 'verify':
        return { found: await outcomeOf(catalog.verify(id)), expected: reference.verify(id) }
      case 'set': {
        const { to, revision } = action
        const options = revision === undefined ? {} : { ifRevision: revision }
        const found = await outcomeOf(catalog.setState(id, to, options))
        return { found, expected: reference.setState(id, to, revision) }
      }
      case 'update': {
        const tags = TAGS[action.tags] ?? []
        const { digest } = action
        const update = {
          tags,
          digest: digest === undefined || digest === null ? digest : sampleDigest(digest),
        }
        const found = await outcomeOf(catalog.update(id, update))
        return { found, expected: reference.update(id, tags, digest) }
      }
      case 'remove':
        return { found: await outcomeOf(catalog.remove(id)), expected: reference.remove(id) }
      case 'resolve':
        return { found: await outcomeOf(catalog.resolve(id)), expected: reference.resolve(id) }
      case 'lease':
        return await this.#lease(catalog, id)
      case 'release': {
        const lease = this.#leases.get(id) ?? 'none'
        return {
          found: await outcomeOf(catalog.leases.release(id, lease)),
          expected: reference.release(id, lease),
        }
      }
      default:
        return action satisfies never
    }
  }

  async #lease(
    catalog: TriedCatalog,
    id: string,
  ): Promise<{ readonly found: ReferenceOutcome; readonly expected: ReferenceOutcome }> {
    let lease: string | undefined
    const taking = catalog.leases.take(id, { forMs: LEASE_MS }).then((taken) => {
      lease = taken.id
    })
    const found = await outcomeOf(taking)
    if (lease !== undefined) this.#leases.set(id, lease)
    return { found, expected: this.#reference.lease(id, lease, this.#reference.nowMs + LEASE_MS) }
  }
}

async function outcomeOf(doing: Promise<unknown>): Promise<ReferenceOutcome> {
  try {
    await doing
    return 'done'
  } catch (error) {
    if (isCatalogError(error)) return error.code
    throw error
  }
}

function toShown(entry: ModelEntry): object {
  const { id, revision, state, digest, tags = [], evidence = {} } = entry
  const [own] = Object.values(evidence)
  const bytes = [1, 2].find((number) => sampleDigest(number) === digest) ?? null
  return { id, revision, state, digest: bytes, tags, outcome: own?.outcome }
}

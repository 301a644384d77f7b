/** Room `settings`: what a catalog stores of itself for every program. */

import type { Attribution, PolicyChange, StoredPolicy, StoredSettings } from '@catalog/types'
import { parsePolicyChange } from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { observeOperation } from '../entry/observe-operation.ts'
import { parseAttributionOptions } from '../entry/operation-options.ts'

/** The policy that a catalog stores, and the revision of its settings. */
export interface PolicyAtRevision extends StoredPolicy {
  /** 0 if no settings were ever stored. */
  readonly revision: number
}

/**
 * The policy stored in the catalog. It applies at once to every program, and takes precedence over a
 * program's own policy.
 */
export class PolicySettings {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * The stored policy. Each program decides about a rule that is not stored.
   *
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async get(): Promise<PolicyAtRevision> {
    return toPolicy(await this.#context.store.settings())
  }

  /**
   * Stores these rules, and removes those that are null; all others stay. Nothing is written if nothing
   * changes. Durable when it resolves.
   *
   * @throws {CatalogError} INVALID_INPUT if a rule is wrong or does not exist
   * @throws {CatalogError} READ_ONLY if the catalog is open read-only
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * const policy = await catalog.policy.set({ requireDeclaredDigest: true, maxEvidenceAgeMs: null })
   * console.log(policy.requireDeclaredDigest) // true
   * ```
   */
  async set(change: PolicyChange, options?: Attribution): Promise<PolicyAtRevision> {
    return observeOperation(this.#context, { operation: 'set-policy', id: undefined }, async () =>
      changePolicy(this.#context, parsePolicyChange(change), parseAttributionOptions(options)),
    )
  }
}

/** Again with what others have made of it, until none comes between: each time one of them got on. */
async function changePolicy(
  { store }: CatalogContext,
  change: PolicyChange,
  by: Attribution,
): Promise<PolicyAtRevision> {
  for (;;) {
    const present = await store.settings()
    const policy = applyChange(present.policy, change)
    if (isSame(present.policy, policy)) return toPolicy(present)
    const settings = { policy, volumes: present.volumes }
    const outcome = await store.changeSettings({ ...by, ifRevision: present.revision, settings })
    if (outcome.applied) return toPolicy(outcome.settings)
  }
}

function applyChange(policy: StoredPolicy, change: PolicyChange): StoredPolicy {
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  const merged = Object.entries({ ...policy, ...Object.fromEntries(given) })
  return Object.fromEntries(merged.filter(([, value]) => value !== null))
}

function isSame(a: StoredPolicy, b: StoredPolicy): boolean {
  // A change leaves the rules in their order.
  return JSON.stringify(a) === JSON.stringify(b)
}

function toPolicy({ policy, revision }: StoredSettings): PolicyAtRevision {
  return { ...policy, revision }
}

import {
  type CatalogStore,
  type Change,
  type CommitOutcome,
  type EntryContent,
  isCatalogError,
  parseModelId,
} from '@catalog/types'
import { type IntendedChange, now, type ProgramLine, toFailedLine } from './lines.ts'
import type { Random } from './random.ts'

const MULTI_CHANGE_SHARE = 0.15
const REMOVAL_SHARE = 0.2

export interface LaneOptions {
  readonly store: CatalogStore
  /** Unique among all lanes; its tokens begin with it. */
  readonly name: string
  readonly ids: readonly string[]
  readonly random: Random
  /** Up to so many bytes are added to an entry. */
  readonly paddingBytes: number
  /** This share of commits has many times the padding: large enough to be killed in mid-write. */
  readonly largeShare: number
  report(line: ProgramLine): void
}

/** Makes one commit and tells what became of it. */
export type Step = () => Promise<'applied' | 'conflict' | 'failed'>

/** Large in the sense of {@link IntentLine}. */
const LARGE_BYTES = 1_500_000

/**
 * A caller that does mixed work on ids that others work on too: registers what is absent, and updates or removes what is
 * there, one commit for each step.
 */
export function createLane(options: LaneOptions): Step {
  const { store, name, ids, random, report } = options
  let step = 0

  const readIntention = async (isLarge: boolean): Promise<readonly IntendedChange[]> => {
    // Large entries under one id only, lest the whole catalog becomes so large that every step is slow.
    const chosen = new Set([(isLarge ? ids[0] : random.pick(ids)) ?? ''])
    if (!isLarge && random.chance(MULTI_CHANGE_SHARE)) chosen.add(random.pick(ids) ?? '')
    const changes: IntendedChange[] = []
    for (const id of chosen) {
      const entry = await store.get(parseModelId(id))
      changes.push({ id, seen: entry?.revision ?? 0 })
    }
    return changes
  }

  const toChange = ({ id, seen }: IntendedChange, token: string, padding: number): Change => ({
    id: parseModelId(id),
    ifRevision: seen,
    entry: seen > 0 && random.chance(REMOVAL_SHARE) ? null : entryOf(id, token, padding),
  })

  return async () => {
    step += 1
    const token = `${name}.${step}`
    const at = now()
    const isLarge = random.chance(options.largeShare)
    const padding = isLarge ? LARGE_BYTES : random.between(0, options.paddingBytes)
    try {
      const intended = await readIntention(isLarge)
      const changes = intended.map((change) => toChange(change, token, padding))
      report({ kind: 'intent', token, at, changes: intended, isLarge })
      const [outcome] = await store.commit([{ operation: 'torture', reason: token, changes }])
      report({ kind: 'outcome', token, at: now(), ...toRevisions(outcome) })
      return outcome?.applied === true ? 'applied' : 'conflict'
    } catch (error) {
      report(toFailedLine(error, token))
      // An error that is none of the catalog's is a fault of the store, and ends the program.
      if (!isCatalogError(error)) throw error
      return 'failed'
    }
  }
}

export function toRevisions(outcome: CommitOutcome | undefined): {
  readonly applied: boolean
  readonly revisions: readonly (number | null)[]
} {
  if (outcome?.applied !== true) return { applied: false, revisions: [] }
  return { applied: true, revisions: outcome.entries.map((entry) => entry?.revision ?? null) }
}

/** The least that is an entry, with the token as its name. */
export function entryOf(id: string, token: string, paddingBytes = 0): EntryContent {
  return {
    id: parseModelId(id),
    name: token,
    source: 'https://example.com/model.gguf',
    digest: null,
    state: 'Pending',
    registeredAt: '2025-10-01T00:00:00.000Z',
    verifiedAt: null,
    ...(paddingBytes > 0 && { extra: { padding: 'x'.repeat(paddingBytes) } }),
  }
}

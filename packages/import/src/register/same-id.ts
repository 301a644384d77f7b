import type { ModelEntry } from 'model-catalog'
import type { Candidate } from '../candidate/candidate.ts'

/** The candidates of an import whose ids are equal, or differ only in case. They share one id and its numbers. */
export interface SameId {
  readonly id: string
  /** With their positions among all candidates of the import. */
  readonly candidates: readonly (readonly [index: number, candidate: Candidate])[]
  readonly places: ReadonlySet<string>
}

export function groupById(candidates: readonly Candidate[]): readonly SameId[] {
  const groups = new Map<string, [number, Candidate][]>()
  for (const [index, candidate] of candidates.entries()) {
    const key = candidate.id.toLowerCase()
    const group = groups.get(key) ?? []
    group.push([index, candidate])
    groups.set(key, group)
  }
  return [...groups.values()].map(toSameId)
}

function toSameId(candidates: readonly [number, Candidate][]): SameId {
  const [id = ''] = candidates.map(([, candidate]) => candidate.id).sort()
  return { id, candidates, places: new Set(candidates.map(([, candidate]) => placeOf(candidate))) }
}

/** The files that a candidate or an entry means. */
export function placeOf({
  location,
  files = [],
}: Pick<ModelEntry, 'location' | 'files'> | Candidate): string {
  return JSON.stringify([location, ...files.map(({ path }) => path).sort()])
}

import type { Candidate } from './candidate.ts'
import { toCandidateId } from './candidate-id.ts'
import type { LayoutName } from './layout-name.ts'

/** One name that a store has for a model. Several may mean the same bytes. */
export interface NamedModel
  extends Pick<
    Candidate,
    | 'name'
    | 'source'
    | 'location'
    | 'linksInto'
    | 'declared'
    | 'files'
    | 'sizeBytes'
    | 'companions'
    | 'problems'
  > {
  /** What follows the layout in the id. */
  readonly idNames: readonly string[]
  /** Further names of this one. */
  readonly aliases?: readonly string[]
}

/** Where models were found. */
export interface Found {
  readonly layout: LayoutName
  /** The absolute path of the store's root. */
  readonly store: string
}

/**
 * One candidate for all names of the same bytes. The name that sorts first, without regard to case, gives the
 * id, so that the order in which a store is read does not matter.
 */
export function mergeNames(models: readonly NamedModel[], found: Found): readonly Candidate[] {
  const groups = new Map<string, NamedModel[]>()
  for (const model of models) {
    const key = toKey(model)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [model])
    else group.push(model)
  }
  return [...groups.values()].flatMap((group) => toCandidate(group.sort(compareNames), found))
}

function toKey({ location, files }: NamedModel): string {
  if (files === undefined) return location
  return JSON.stringify([location, ...files.map(({ path }) => path)])
}

function compareNames({ name: a }: NamedModel, { name: b }: NamedModel): number {
  return compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function toCandidate(group: readonly NamedModel[], { layout, store }: Found): readonly Candidate[] {
  const [main] = group
  if (main === undefined) return []
  const { idNames, aliases: _, ...rest } = main
  const names = new Set(group.flatMap(({ name, aliases = [] }) => [name, ...aliases]))
  names.delete(main.name)
  const companions = new Map(
    group.flatMap((each) => each.companions.map((file) => [file.path, file] as const)),
  )
  return [
    {
      ...rest,
      layout,
      store,
      id: toCandidateId(layout, idNames),
      otherNames: [...names],
      companions: [...companions.values()],
      problems: group.flatMap(({ problems }) => problems),
    },
  ]
}

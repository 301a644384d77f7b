import type { CommittedChange } from '../ports/commit.ts'

type Fields = Readonly<Record<string, unknown>>

/** A commit as a history has it. */
interface WireCommitFields {
  readonly changes?: readonly { readonly id: string }[] | undefined
  readonly verification?: { readonly id: string } | undefined
}

const COMMIT_KEYS = namesOf('at', 'operation', 'actor', 'reason', 'changes', 'verification', 'settings')
const CHANGE_KEYS = namesOf('id', 'if', 'entry')
const VERIFICATION_KEYS = namesOf('id', 'outcome', 'bytes', 'duration_ms', 'code')

/** The fields of a commit that this version does not know, as a change of the model has them; undefined if there are none. */
export function findCommitExtra(wire: WireCommitFields, id: string): CommittedChange['extra'] {
  const { changes = [], verification } = wire
  const ofCommit = findUnknown(wire, COMMIT_KEYS)
  const ofChange = findUnknown(
    changes.find((change) => change.id === id),
    CHANGE_KEYS,
  )
  const ofVerification = verification?.id === id ? findUnknown(verification, VERIFICATION_KEYS) : undefined
  if (ofCommit === undefined && ofChange === undefined && ofVerification === undefined) return undefined
  return Object.freeze({
    ...ofCommit,
    ...(ofChange !== undefined && { changes: Object.freeze([ofChange]) }),
    ...(ofVerification !== undefined && { verification: ofVerification }),
  })
}

/** The commit of one change with these fields, which never stand in for known ones. */
export function addCommitExtra<T extends WireCommitFields>(wire: T, extra: CommittedChange['extra']): T {
  if (extra === undefined) return wire
  const [ofChange] = Array.isArray(extra['changes']) ? extra['changes'] : []
  const { changes, verification } = wire
  return {
    ...findUnknown(extra, COMMIT_KEYS),
    ...wire,
    ...(changes !== undefined && {
      changes: changes.map((change) => ({ ...findUnknown(ofChange, CHANGE_KEYS), ...change })),
    }),
    ...(verification !== undefined && {
      verification: { ...findUnknown(extra['verification'], VERIFICATION_KEYS), ...verification },
    }),
  }
}

/** Undefined if it has none, which is all but always so: then nothing is allocated. */
function findUnknown(wire: unknown, known: ReadonlySet<string>): Fields | undefined {
  if (typeof wire !== 'object' || wire === null) return undefined
  let unknown: [string, unknown][] | undefined
  for (const key of Object.keys(wire)) {
    if (known.has(key)) continue
    unknown ??= []
    unknown.push([key, Reflect.get(wire, key)])
  }
  // Of the entries: an assignment would take a field called `__proto__` for the prototype.
  return unknown && Object.freeze(Object.fromEntries(unknown))
}

function namesOf(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names)
}

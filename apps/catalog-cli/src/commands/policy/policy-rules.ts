import { InvalidArgumentError } from 'commander'
import type { PolicyChange, StoredPolicy } from 'model-catalog'
import { DIGEST_ORIGINS, findDigestOrigins } from '../../options/digest-origins.ts'
import { parseDuration } from '../../options/option-values.ts'
import { formatDuration } from '../../text/duration.ts'

type RuleName = keyof StoredPolicy

interface Rule {
  /** As it is written on the command line. */
  readonly name: string
  readonly field: RuleName
  /** What it may be, in words. */
  readonly values: string
  parse(text: string): NonNullable<StoredPolicy[RuleName]> | undefined
}

const DURATION = 'a time such as 90d or 12h'

const RULES: readonly Rule[] = [
  {
    name: 'require-declared-digest',
    field: 'requireDeclaredDigest',
    values: 'true or false',
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  },
  {
    name: 'require-digest-origin',
    field: 'requireDigestOrigin',
    values: `one or more of ${DIGEST_ORIGINS}, with commas between them`,
    parse: findDigestOrigins,
  },
  { name: 'max-evidence-age', field: 'maxEvidenceAgeMs', values: DURATION, parse: toDuration },
  {
    name: 'ctime-change',
    field: 'ctimeChange',
    values: 'stale or trust-mtime',
    parse: (text) => (text === 'stale' || text === 'trust-mtime' ? text : undefined),
  },
  { name: 'silent-after', field: 'silentAfterMs', values: DURATION, parse: toDuration },
]

/** Adds the rule in a `<name>=<value>` argument. Wrong usage says what is right. */
export function addPolicyRule(text: string, before: PolicyChange = {}): PolicyChange {
  const [name = '', value] = text.split(/=(.*)/su)
  const rule = findRule(name)
  const parsed = value === undefined ? undefined : rule.parse(value)
  if (parsed === undefined) throw new InvalidArgumentError(`Write it as ${name}=<value>: ${rule.values}.`)
  return { ...before, [rule.field]: parsed }
}

/** Adds a rule to take out, by its name. */
export function addPolicyName(name: string, before: PolicyChange = {}): PolicyChange {
  return { ...before, [findRule(name).field]: null }
}

/** A line for each rule that is stored. */
export function formatPolicy(policy: StoredPolicy): readonly string[] {
  return RULES.flatMap(({ name, field }) => {
    const value = policy[field]
    if (value === undefined) return []
    return [`${name}=${typeof value === 'number' ? formatSpan(value) : String(value)}`]
  })
}

function findRule(name: string): Rule {
  const rule = RULES.find((each) => each.name === name)
  if (rule !== undefined) return rule
  const names = RULES.map((each) => each.name).join(', ')
  throw new InvalidArgumentError(`${name} is not a rule. The rules are ${names}.`)
}

function toDuration(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}

/** As `policy set` takes it, where it is whole in a unit. */
function formatSpan(spanMs: number): string {
  const units: readonly [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ]
  const [unit, unitMs] = units.find(([, ms]) => spanMs % ms === 0) ?? ['', 0]
  return unitMs === 0 ? formatDuration(spanMs) : `${spanMs / unitMs}${unit}`
}

import { isCatalogError, LIFECYCLE_STATES, type LifecycleState } from 'model-catalog'
import { describePlace } from '../../catalog/find-store.ts'
import { findRoot, withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatCounts } from '../../show/model-table.ts'
import { formatFields } from '../../text/fields.ts'

type Counts = Readonly<Record<LifecycleState, number>>
type NextCommand = readonly [command: string, purpose: string]

const FIRST_COMMANDS: readonly NextCommand[] = [
  [
    'catalog import',
    'find the models that other tools keep on this machine, and register them where they are',
  ],
  ['catalog add FILE', 'register a model file where it is, and verify it'],
]

/** For a user who names no command: how the catalog stands, and what is useful next. No command is wrong usage. */
export async function runOverview(invocation: Invocation): Promise<number> {
  const { output } = invocation
  const place = describePlace(findRoot(invocation), invocation.store)
  const counts = await readCounts(invocation)
  const isEmpty = counts === undefined || LIFECYCLE_STATES.every((state) => counts[state] === 0)
  output.note(describeCatalog(place, counts), '')
  output.note(...formatCommands(isEmpty ? FIRST_COMMANDS : listNextCommands(counts)))
  output.note('', 'catalog --help lists all commands')
  return EXIT_CODES.USAGE
}

async function readCounts(invocation: Invocation): Promise<Counts | undefined> {
  try {
    return await withCatalog(invocation, (catalog) => catalog.counts())
  } catch (error) {
    if (isCatalogError(error, 'CATALOG_MISSING')) return undefined
    throw error
  }
}

function describeCatalog(place: string, counts: Counts | undefined): string {
  if (counts === undefined) return `There is no catalog in ${place} yet. Either of these creates it:`
  const present = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
  return `The catalog in ${place} has ${formatCounts(present, false)}.`
}

function listNextCommands({ Pending, Failed }: Counts): readonly NextCommand[] {
  return [
    ['catalog ls', 'list the models'],
    ...(Failed > 0 ? [['catalog ls --state Failed', 'list those whose bytes are wrong'] as const] : []),
    ...(Pending > 0 ? [['catalog verify --all', 'read the files, and compare their digests'] as const] : []),
    ['catalog resolve ID', 'print the path of a model that may be served'],
    ['catalog doctor', 'compare the catalog with the disk'],
  ]
}

function formatCommands(commands: readonly NextCommand[]): readonly string[] {
  return formatFields(commands).map((line) => `  ${line}`)
}

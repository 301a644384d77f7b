import { type ImportReport, type ImportResult, importModels } from '@catalog/import'
import { type Catalog, isCatalogError } from 'model-catalog'
import { findRoot, withCatalog, withNewCatalog } from '../../catalog/with-catalog.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { createOverallProgress } from '../../output/overall-progress.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem } from '../../problem/problem.ts'
import { formatBytes } from '../../text/bytes.ts'
import { formatCount } from '../../text/count.ts'
import { wrapWords } from '../../text/wrap-words.ts'
import { describeBundles } from './bundle-notes.ts'
import { followStores } from './follow-stores.ts'
import { type FoundModels, findModels } from './found-models.ts'
import { formatProblems } from './import-problems.ts'
import {
  exitCodeOf,
  formatGone,
  formatReport,
  isNotRight,
  toFailure,
  toJsonReport,
  toJsonResult,
} from './import-result.ts'
import { formatCandidates, formatStores, summarizeStores } from './import-table.ts'
import { toLayouts } from './tools.ts'
import { describeUnanchored } from './unanchored-disks.ts'

export interface RunImportOptions {
  /** As the user wrote them; none for the stores of this machine. */
  readonly directories: readonly string[]
  readonly only: readonly string[] | undefined
  readonly dryRun: boolean
  readonly yes: boolean
  readonly verify: boolean
  readonly watch: boolean
  /** How many models are read at the same time. */
  readonly parallel: number
}

/** Shows what the stores hold, asks, registers it where it is and verifies it. Returns the exit code of the first wrong model. */
export async function runImport(invocation: Invocation, options: RunImportOptions): Promise<number> {
  const { output } = invocation
  const found = await showFound(invocation, options)
  const { candidates } = found
  if (candidates.length === 0 && !options.watch) return await reportNothing(invocation, options, found)
  if (!options.dryRun) return await importAsked(invocation, options, found)
  output.print('', ...formatCandidates(candidates, output.width))
  const gone = await foreseeGone(invocation, options, found)
  output.print(...formatGone({ gone }))
  output.printJson({ ...toJsonReport(found), candidates, gone: gone.map(({ id }) => id) })
  return EXIT_CODES.OK
}

/**
 * What an import would tell as gone: what is known of the stores, and is at the place of no candidate. If the name of
 * a candidate now means another file, its entry would be updated. Of several with one name only the import itself tells.
 */
async function foreseeGone(
  invocation: Invocation,
  options: RunImportOptions,
  found: FoundModels,
): Promise<ImportReport['gone']> {
  const { gone } = await findGone(invocation, options, found)
  const places = new Set(found.candidates.map(({ location }) => location))
  const ids = new Set(found.candidates.map(({ id }) => id.toLowerCase()))
  return gone.filter(
    ({ id, location = '' }) =>
      !places.has(location) && !ids.has(id.toLowerCase().replace(/-\d+$/u, '')) && !ids.has(id.toLowerCase()),
  )
}

/** Where nothing is found any more, what was found before is gone. No catalog is made to tell that. */
async function reportNothing(
  invocation: Invocation,
  options: RunImportOptions,
  found: FoundModels,
): Promise<number> {
  const { output } = invocation
  const report = await findGone(invocation, options, found)
  output.print(...formatGone(report), 'nothing to import')
  output.printJson({ ...toJsonReport(found, report), candidates: [] })
  return EXIT_CODES.OK
}

async function findGone(
  invocation: Invocation,
  { only }: RunImportOptions,
  { directories: stores }: FoundModels,
): Promise<ImportReport> {
  try {
    return await withCatalog(invocation, (catalog) =>
      importModels(catalog, [], { stores, only: toLayouts(only) }),
    )
  } catch (error) {
    if (isCatalogError(error, 'CATALOG_MISSING')) return { results: [], gone: [] }
    throw error
  }
}

async function showFound(invocation: Invocation, options: RunImportOptions): Promise<FoundModels> {
  const { output, anchors } = invocation
  const found = await findModels(invocation, options.directories, { only: toLayouts(options.only) })
  if (found.candidates.length > 0) {
    output.print(...formatStores(summarizeStores(found.candidates), output.width))
  }
  output.note(...formatProblems(found, output.noteWidth))
  const root = findRoot(invocation)
  const unanchored = await describeUnanchored(found.candidates, { root, anchors })
  const notes = [...(await describeBundles(found.directories)), ...unanchored]
  output.note(...notes.flatMap((note) => wrapWords(note, output.noteWidth)))
  return found
}

async function importAsked(
  invocation: Invocation,
  options: RunImportOptions,
  found: FoundModels,
): Promise<number> {
  const { output } = invocation
  await assertWanted(invocation, options, found)
  return await withNewCatalog({ ...invocation, threads: options.parallel }, async (catalog) => {
    const told = new Set<string>()
    const report = await importFound(invocation, options, { catalog, found, told })
    output.print(...formatReport(report))
    if (!options.watch) {
      output.printJson(toJsonReport(found, report))
      return exitCodeOf(report)
    }
    output.printJsonLine(toJsonReport(found, report))
    await follow(invocation, options, { catalog, told, gone: report.gone })
    return exitCodeOf(report)
  })
}

/** Reading terabytes takes hours, so it is asked for. */
async function assertWanted(
  { confirm }: Invocation,
  { yes, verify }: RunImportOptions,
  { candidates }: FoundModels,
): Promise<void> {
  if (yes) return
  const bytes = candidates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const models = formatCount(candidates.length, 'model')
  const question = verify ? `Register ${models} and read ${formatBytes(bytes)}?` : `Register ${models}?`
  const answer = await confirm(question)
  if (answer === true) return
  if (answer === false) throw new CliError('USAGE', 'nothing was imported')
  throw new CliError('USAGE', 'import asks before it begins, and this is not a terminal; pass --yes')
}

interface Round {
  readonly catalog: Catalog
  readonly found: FoundModels
  /** What was told before is not told again. */
  readonly told: Set<string>
}

async function importFound(
  invocation: Invocation,
  { only, verify, parallel }: RunImportOptions,
  { catalog, found: { candidates, directories }, told }: Round,
): Promise<ImportReport> {
  const { output, signal } = invocation
  const progress = createOverallProgress(output, { label: 'import', noun: 'model' })
  try {
    const report = await importModels(catalog, candidates, {
      verify,
      parallel,
      stores: directories,
      only: toLayouts(only),
      signal,
      onProgress: ({ doneModels: doneFiles, totalModels: totalFiles, ...readings }) =>
        progress.update({ ...readings, doneFiles, totalFiles }),
      onResult(result) {
        const [line = '', ...hint] = isNotRight(result) ? formatProblem(toFailure(result)) : []
        const lines = line === '' ? [] : [...wrapWords(line, output.noteWidth), ...hint]
        if (lines.length === 0 || told.has(lines.join())) return
        told.add(lines.join())
        progress.aside(() => output.note(...lines))
      },
      ...attributionOf(invocation),
    })
    if (verify) progress.finish()
    return report
  } finally {
    progress.clear()
  }
}

/** Imports what a tool adds and changes from now on, and tells what is gone. With `--json` each is a line. */
async function follow(
  invocation: Invocation,
  options: RunImportOptions,
  { catalog, told, gone }: Omit<Round, 'found'> & Pick<ImportReport, 'gone'>,
): Promise<void> {
  const { output } = invocation
  const { directories, only } = options
  let goneBefore = new Set(gone.map(({ id }) => id))
  output.note('following the stores; Ctrl-C ends it')
  await followStores(invocation, { catalog, directories, only: toLayouts(only) }, async (found) => {
    const report = await importFound(invocation, options, { catalog, found, told })
    const changed = report.results.filter((result) => result.outcome !== 'known' && !isNotRight(result))
    output.print(...changed.map(describeChanged))
    for (const result of changed) output.printJsonLine(toJsonResult(result))
    const newlyGone = report.gone.filter(({ id }) => !goneBefore.has(id))
    output.print(...formatGone({ gone: newlyGone }))
    for (const { id } of newlyGone) output.printJsonLine({ id, outcome: 'gone' })
    goneBefore = new Set(report.gone.map(({ id }) => id))
  })
}

function describeChanged({ id, outcome, entry }: ImportResult): string {
  return `${id}: ${outcome}, ${entry?.state ?? 'not registered'}`
}

import {
  type ExportedModel,
  findModels,
  formatCatalog,
  formatCycloneDx,
  formatSha256Sums,
  replaceFile,
} from '@catalog/export'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import type { Output } from '../../output/output.ts'
import { parseState } from '../../show/state-name.ts'
import { formatCount } from '../../text/count.ts'

/** The documents that are written. */
export type ExportFormat = 'sha256sums' | 'catalog' | 'cyclonedx'

export interface ExportFormatOptions {
  /** None for all. */
  readonly ids: readonly string[]
  readonly format: ExportFormat
  /** As the user wrote it; undefined for standard output. */
  readonly output: string | undefined
  readonly states: readonly string[] | undefined
  readonly relativeTo: string | undefined
}

/** How many lines are printed at once: a function takes only so many arguments. */
const LINES_AT_ONCE = 1000

/** Writes a document about models, to a file or as the result. */
export async function runExportFormat(
  invocation: Invocation,
  options: ExportFormatOptions,
): Promise<undefined> {
  const { output, signal, resolvePath } = invocation
  const { ids, format } = options
  await withCatalog(invocation, async (catalog) => {
    const states = options.states?.map(parseState)
    const found = await findModels(catalog, { ids: ids.length === 0 ? undefined : ids, states })
    const models = format === 'sha256sums' ? leaveOutUnknown(output, found) : found
    const text = await toText(invocation, options, models)
    const exported = { format, models: models.map(({ entry }) => entry.id) }
    if (options.output === undefined) {
      printText(output, text)
      output.printJson({ ...exported, text })
      return
    }
    const path = resolvePath(options.output)
    await replaceFile(path, text, { signal })
    output.print(`${path}: ${formatCount(models.length, 'model')}`)
    output.printJson({ ...exported, output: path })
  })
}

async function toText(
  { resolvePath }: Invocation,
  { format, relativeTo }: ExportFormatOptions,
  models: readonly ExportedModel[],
): Promise<string> {
  const entries = models.map(({ entry }) => entry)
  switch (format) {
    case 'sha256sums':
      return formatSha256Sums(models, {
        directory: relativeTo === undefined ? undefined : resolvePath(relativeTo),
      })
    case 'catalog':
      return formatCatalog(entries)
    case 'cyclonedx':
      return await formatCycloneDx(entries)
  }
}

function printText(output: Output, text: string): void {
  const lines = text.split('\n').slice(0, -1)
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    output.printExact(...lines.slice(at, at + LINES_AT_ONCE))
  }
}

/** The models that a checksum list has: of the others a file was neither verified nor declared. */
function leaveOutUnknown(output: Output, models: readonly ExportedModel[]): readonly ExportedModel[] {
  return models.filter((model) => {
    if (formatSha256Sums([model]) !== '') return true
    output.note(`catalog: note: ${model.entry.id} is left out: the digest of a file is not known`)
    return false
  })
}

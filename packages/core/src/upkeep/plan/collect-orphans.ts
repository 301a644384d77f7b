import { type FoundFile, findFilePathProblem } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { hasModelExtension } from '../../entry/model-file-name.ts'
import { toPlain } from '../../evidence/fingerprints.ts'
import { findUsers } from '../../lease/active-leases.ts'
import { parseLeftover } from '../../ownership/partial-name.ts'
import { findOrphans } from '../survey/leftovers.ts'
import { LostDigests } from '../survey/lost-digests.ts'
import { isControlFile, Neighbours } from '../survey/neighbours.ts'
import { listOf, type NamedFile, type Survey } from '../survey/survey.ts'
import { createPatternTest } from './file-pattern.ts'
import { planRemoval, type Remark, toPlanned } from './plan.ts'

/** Which files that no model names are taken. */
export interface OrphanOptions {
  /** `true`: those that models have by their extension; patterns: those whose path in the root fits one of them. */
  readonly orphans: true | readonly string[]
  readonly maxReadBytes: number
  readonly isFree: (found: FoundFile) => boolean
}

/**
 * The files that belong to no model: no entry names them, nor others of their set, nor what they lie beside, and none has
 * the digest of a file that a model is missing. What could not be read within the budget is left.
 */
export async function collectOrphans(
  context: CatalogContext,
  survey: Survey,
  { orphans, maxReadBytes, isFree }: OrphanOptions,
): Promise<readonly Remark[]> {
  const isWanted = orphans === true ? hasModelExtension : createPatternTest(orphans)
  const neighbours = new Neighbours(context)
  for (const named of [...survey.named.values()].flat()) neighbours.add(named)
  const isPartial = (partial: string): boolean => isOfDownload(context, survey, partial)
  const lost = new LostDigests(context, survey, maxReadBytes)
  const remarks: Remark[] = []
  for (const found of findOrphans(survey)) {
    const { file } = found
    if (!isWanted(file) || !isFree(found) || neighbours.has(file) || isControlFile(file, isPartial)) continue
    const likeness = await lost.compare(found)
    if (likeness.kind === 'none') remarks.push(remarkOnOrphan(found))
    if (likeness.kind === 'lost') remarks.push(remarkOnLost(found, likeness.of))
  }
  return remarks
}

/** Whether a partial file is there, or a download may be about to write it. */
function isOfDownload(context: CatalogContext, survey: Survey, partial: string): boolean {
  const path = context.files.pathOf({ file: partial })
  // Stryker disable next-line StringLiteral,OptionalChaining: only the types need this: it is a partial file.
  const owners = listOf(survey.owners, parseLeftover(path)?.file ?? '')
  return survey.files.has(path) || owners.some((entry) => findUsers(context, entry).length > 0)
}

function remarkOnOrphan(found: FoundFile): Remark {
  const { path, fingerprint } = found
  const finding = { kind: 'orphan' as const, path, bytes: fingerprint.sizeBytes, text: 'no model names it' }
  return { finding, action: planRemoval(found, 'orphan') }
}

/** A model of one file can be given it back; of many files the directory must have moved, which `doctor` finds out. */
function remarkOnLost(
  { file, path, fingerprint }: FoundFile,
  { entry, part, path: lost }: NamedFile,
): Remark {
  const text = `a file with its digest is at ${path}`
  const finding = { kind: 'moved' as const, id: entry.id, path: lost, bytes: fingerprint.sizeBytes, text }
  if (part !== undefined || findFilePathProblem(file) !== undefined) return { finding }
  const files = [{ file, fingerprint: toPlain(fingerprint) }]
  return { finding, action: { kind: 'relocate', entry: toPlanned(entry), to: file, files } }
}

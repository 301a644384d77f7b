import type { EntryContent, QuarantinedFile } from '@catalog/types'
import { MAX_QUARANTINED } from '@catalog/types/adapter'
import { type CatalogContext, isOwnNode } from '../context/catalog-ports.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { findClaims } from '../ownership/claims.ts'
import { isCollected, quarantinePathOf } from '../ownership/partial-name.ts'
import { assertTakeable } from '../ownership/takeable.ts'
import { heldDownload } from './download-holder.ts'
import type { FinishedDownload } from './finished-download.ts'

/** A wrong file: where it is, which name it had or was to have, and what is known of it. */
export interface WrongFile extends Pick<QuarantinedFile, 'sizeBytes' | 'digest' | 'diagnosis'> {
  readonly from: string
  readonly path: string
}

/**
 * Moves a file to a name of its own and returns that. It is recorded before: a crash leaves a record of a file that is
 * not there yet, and the next one gets the same name, but never an unrecorded file. IN_USE for the file of
 * another model that is in use.
 */
export async function quarantineFile(
  context: CatalogContext,
  finished: FinishedDownload,
  { from, path, ...known }: WrongFile,
): Promise<string> {
  const { files, node, clock } = context
  await assertTakeable(context, finished.id, from)
  // Stryker disable next-line ConditionalExpression: any other directory is there.
  if (isCollected(path)) await files.makeParent(quarantinePathOf(path, 1))
  for (let n = 1; ; n += 1) {
    const target = quarantinePathOf(path, n)
    if ((await files.lookAt(target)) !== undefined || (await isOfModel(context, target))) continue
    await record(context, finished, { path: target, node, at: clock.now().toISOString(), ...known })
    if (await files.moveFile(from, target)) return target
  }
}

/** Records of quarantined files that do not exist: a crash prevented the move, or it was undone, or they were deleted since. */
export async function findGone(
  context: CatalogContext,
  // Stryker disable next-line ArrayDeclaration: what has no path is not a record.
  { quarantine = [] }: EntryContent,
): Promise<readonly QuarantinedFile[]> {
  // Stryker disable next-line ArrayDeclaration: what has no path is not a record.
  const gone: QuarantinedFile[] = []
  for (const file of quarantine) {
    if (!isOwnNode(context, file.node)) continue
    if ((await context.files.lookAt(file.path)) === undefined) gone.push(file)
  }
  return gone
}

/** The entry without these records. */
export function withoutRecords(entry: EntryContent, gone: readonly QuarantinedFile[]): EntryContent {
  // Stryker disable next-line ArrayDeclaration: what has no path is not a record.
  const { quarantine = [], ...rest } = entry
  const isGone = ({ path, node, at }: QuarantinedFile): boolean =>
    // Stryker disable next-line ConditionalExpression: differs only if the name is taken again between the look and the commit.
    gone.some((file) => file.path === path && file.node === node && file.at === at)
  const left = quarantine.filter((file) => !isGone(file))
  // Stryker disable next-line ConditionalExpression: the entry with all its records is the same entry.
  if (left.length === quarantine.length) return entry
  return left.length === 0 ? rest : { ...rest, quarantine: left }
}

/** Removes the records of quarantined files that do not exist. */
export async function forgetGone(
  context: CatalogContext,
  { id, holder, actor, reason }: FinishedDownload,
): Promise<void> {
  await updateEntry(context, { id, actor, reason, operation: 'quarantine' }, async (now) => {
    heldDownload(context, now, holder)
    return withoutRecords(now, await findGone(context, now))
  })
}

/** A model may have had such a name before there was anything to quarantine. */
async function isOfModel(context: CatalogContext, path: string): Promise<boolean> {
  const claims = await findClaims(context, path)
  return claims.some(({ kind }) => kind !== 'quarantined')
}

async function record(
  context: CatalogContext,
  { id, holder, actor, reason }: FinishedDownload,
  file: QuarantinedFile,
): Promise<void> {
  await updateEntry(context, { id, actor, reason, operation: 'quarantine' }, (now) => {
    heldDownload(context, now, holder)
    return withQuarantined(now, file)
  })
}

/** The oldest is forgotten where there are too many; its file stays, with a name that tells what it is. */
function withQuarantined(entry: EntryContent, file: QuarantinedFile): EntryContent {
  const others = (entry.quarantine ?? []).filter(({ path, node }) => path !== file.path || node !== file.node)
  return { ...entry, quarantine: [...others, file].slice(-MAX_QUARANTINED) }
}

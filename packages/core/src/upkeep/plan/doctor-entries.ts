import type { FoundFile, ModelEntry, UpkeepAction, UpkeepFinding, UpkeepFindingKind } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { findChanges, isStale, toPlain } from '../../evidence/fingerprints.ts'
import type { OwnEvidence } from '../../evidence/own-evidence.ts'
import { isActive } from '../../lease/active-leases.ts'
import { parseLeftover } from '../../ownership/partial-name.ts'
import { type MovedModel, StrayIndex } from '../survey/moved-files.ts'
import { listOf, type NamedFile, type Survey } from '../survey/survey.ts'
import { type Remark, toPlanned } from './plan.ts'

const UNREAD = 'an ended download moved it to its name, and it was not verified'
const UNREAD_HERE = 'its model was verified on another volume only, as after a copy or a restored backup'

/** What was found of the entries, and which of them, and which files, were found under another name. */
export interface ExaminedEntries {
  readonly remarks: readonly Remark[]
  readonly relocated: { readonly entries: ReadonlySet<ModelEntry>; readonly paths: ReadonlySet<string> }
}

/** Compares each entry with its files. A model that was never verified needs none. */
export function examineEntries(
  context: CatalogContext,
  survey: Survey,
  strays: readonly FoundFile[],
  forgetAbsent: boolean,
): ExaminedEntries {
  const index = new StrayIndex(strays)
  const relocated = { entries: new Set<ModelEntry>(), paths: new Set<string>() }
  const remarks = survey.entries.flatMap((entry) => {
    const files = listOf(survey.named, entry)
    const moved = isOwnLoss(files) ? index.findMoved(files) : undefined
    if (moved === undefined) return examineFiles(context, entry, { files, forgetAbsent })
    relocated.entries.add(entry)
    for (const { path } of moved.found) relocated.paths.add(path)
    const remark = remarkOnMoved(entry, files, moved)
    const node = findOtherNode(context, entry)
    if (node !== undefined) return [toRemarkOnPlace(remark.finding, node)]
    const owner = findOwnerBeside(survey, entry, moved)
    return [owner === undefined ? remark : toRemarkOnName(remark.finding, owner)]
  })
  return { remarks, relocated }
}

/** The other model whose downloads make a file of the name that this one's now has. */
function findOwnerBeside({ owners }: Survey, entry: ModelEntry, moved: MovedModel): ModelEntry | undefined {
  // Stryker disable next-line StringLiteral: no model names a path that is nothing.
  const beside = moved.found.flatMap(({ path }) => listOf(owners, parseLeftover(path)?.file ?? ''))
  return beside.find(({ id }) => id !== entry.id)
}

/** In a shared store, another machine that has read the model at the place that the entry names. */
function findOtherNode(
  { store, node: own }: CatalogContext,
  { evidence = {} }: ModelEntry,
): string | undefined {
  if (!store.isShared) return undefined
  return Object.values(evidence).find(({ node }) => node !== undefined && node !== own)?.node
}

/** The entry is that of all machines: one of them cannot have the file in another place. */
function toRemarkOnPlace(finding: UpkeepFinding, node: string): Remark {
  return { finding: { ...finding, text: `${finding.text}, and ${node} has it at its place: rename it back` } }
}

/** No model can have that name, and its bytes may be the only copy: they stay, and the operator renames the file. */
function toRemarkOnName(finding: UpkeepFinding, { id }: ModelEntry): Remark {
  return {
    finding: { ...finding, text: `${finding.text}, a name that a download of ${id} makes: rename it` },
  }
}

/** Whether the model would be taken for verified here. A wrong file that is gone is not missed. */
function isOwnLoss(files: readonly NamedFile[]): boolean {
  return files.some(({ entry, own }) => isExpected(entry) && own !== undefined)
}

function isExpected({ state }: ModelEntry): boolean {
  return state === 'Active' || state === 'Retired'
}

function remarkOnMoved(entry: ModelEntry, files: readonly NamedFile[], { to, found }: MovedModel): Remark {
  const bytes = found.reduce((sum, { fingerprint }) => sum + fingerprint.sizeBytes, 0)
  const text = `its file is at ${found[0]?.path ?? to}`
  const planned = found.map(({ file, fingerprint }) => ({ file, fingerprint: toPlain(fingerprint) }))
  return {
    // Stryker disable next-line OptionalChaining: only the types need this: a model has a file.
    finding: { kind: 'moved', id: entry.id, path: files[0]?.path ?? to, bytes, text },
    action: { kind: 'relocate', entry: toPlanned(entry), to, files: planned },
  }
}

interface Examined {
  readonly files: readonly NamedFile[]
  readonly forgetAbsent: boolean
}

function examineFiles(context: CatalogContext, entry: ModelEntry, examined: Examined): readonly Remark[] {
  const findings = examined.files.flatMap((file) => examineFile(context, file))
  const action = chooseAction(context, entry, examined)
  // One action for all that is wrong with the model: a plan does nothing twice.
  return findings.map((finding, index) => (index === 0 ? { finding, action } : { finding }))
}

function examineFile(context: CatalogContext, file: NamedFile): readonly UpkeepFinding[] {
  const { entry, path, sight, known, part } = file
  const expectedBytes = known?.sizeBytes ?? part?.sizeBytes ?? entry.sizeBytes ?? 0
  const toFinding = (kind: UpkeepFindingKind, bytes: number, text: string): readonly UpkeepFinding[] => [
    { kind, id: entry.id, path, bytes, text },
  ]
  switch (sight.kind) {
    case 'unreadable':
      return toFinding('unreadable', expectedBytes, sight.text)
    case 'special':
      return toFinding('special-file', 0, sight.text)
    case 'missing': {
      const text = describeLoss(context, file)
      return text === undefined ? [] : toFinding(file.isAbsent ? 'absent' : 'missing', expectedBytes, text)
    }
    case 'file': {
      const { fingerprint } = sight
      if (known === undefined) {
        const text = describeUnread(context, file)
        return text === undefined ? [] : toFinding('unverified', fingerprint.sizeBytes, text)
      }
      const changes = findChanges(known, fingerprint)
      if (changes.length === 0) return []
      if (isStale(changes)) return toFinding('stale', fingerprint.sizeBytes, STALE)
      if (known.sizeBytes === fingerprint.sizeBytes) {
        return toFinding('changed', fingerprint.sizeBytes, `${changes.join(', ')} changed since it was read`)
      }
      const text = `${fingerprint.sizeBytes} bytes, ${known.sizeBytes} when it was read`
      return toFinding('resized', fingerprint.sizeBytes, text)
    }
    // Stryker disable next-line ConditionalExpression: only the types need this: there are no others.
    default:
      return sight satisfies never
  }
}

const STALE =
  'its ctime changed since it was read (mode, owner, names, or its bytes): only reading it again tells'

/** Whether an abandoned download may have moved the file to its name, and no more. */
function isLeftUnread(context: CatalogContext, { entry: { download }, known }: NamedFile): boolean {
  return known === undefined && download?.placing === true && !isActive(context, download)
}

/** Why a file that the catalog counts on was not read here; undefined if it was, or if none counts on it. */
function describeUnread(context: CatalogContext, file: NamedFile): string | undefined {
  if (isLeftUnread(context, file)) return UNREAD
  const { entry, own } = file
  const isReadElsewhere = entry.state === 'Active' && Object.keys(entry.evidence ?? {}).length > 0
  return own === undefined && isReadElsewhere ? UNREAD_HERE : undefined
}

/** What to say of a missing file; undefined if no model here expects it. */
function describeLoss({ store }: CatalogContext, { entry, own, isAbsent }: NamedFile): string | undefined {
  if (!isExpected(entry)) return undefined
  // Not every machine of a fleet has every model.
  if (store.isShared && own === undefined && !isAbsent) return undefined
  if (isAbsent) return describeAbsence(entry, own)
  if (own !== undefined) return 'there is no file'
  // Of another machine's file outside the root this one knows nothing.
  if (entry.state !== 'Active' || entry.location !== undefined) return undefined
  return 'there is no file; only another machine has read one there'
}

function describeAbsence({ evidence = {} }: ModelEntry, own: OwnEvidence | undefined): string {
  const rest = 'what was read there counts again once it is back'
  if (own !== undefined) return `its directory does not exist: mount its disk; ${rest}`
  const { anchor, node } = Object.values(evidence).find(({ volume }) => volume !== undefined) ?? {}
  const where = anchor === undefined ? 'a volume without an anchor' : `the volume of ${anchor}`
  return `it was read on ${where}${node === undefined ? '' : ` by ${node}`}, which is not mounted: mount it; ${rest}`
}

/**
 * What is to be done about a model with findings. A file that is gone outweighs one that changed: without it the model
 * cannot be right.
 */
function chooseAction(
  context: CatalogContext,
  entry: ModelEntry,
  { files, forgetAbsent }: Examined,
): UpkeepAction | undefined {
  const planned = toPlanned(entry)
  const gone = files.filter(({ sight }) => sight.kind === 'missing' || sight.kind === 'special')
  if (gone.length > 0) {
    if (gone.some(({ isAbsent }) => isAbsent))
      return forgetAbsent ? forgetAll(context, entry, gone) : undefined
    const paths = gone.map(({ path }) => path)
    return isOwnLoss(files) ? { kind: 'forget-evidence', entry: planned, paths } : undefined
  }
  if (files.some(({ sight }) => sight.kind === 'unreadable')) return undefined
  const changed = files.flatMap((file) => {
    const { path, sight, known } = file
    // Stryker disable next-line ConditionalExpression,ArrayDeclaration: for the type, what is not a file has returned above
    if (sight.kind !== 'file') return []
    const { fingerprint } = sight
    const isOther = known !== undefined && findChanges(known, fingerprint).length > 0
    return isOther || describeUnread(context, file) !== undefined
      ? [{ path, fingerprint: toPlain(fingerprint) }]
      : []
  })
  return { kind: 'reverify', entry: planned, files: changed }
}

/**
 * All evidence of the model that could be of the files that are away: that of the volume that they are missed on, by
 * any node, and what this machine has read on volumes that are not here. Another machine may have its own.
 */
function forgetAll(
  { node }: CatalogContext,
  entry: ModelEntry,
  files: readonly NamedFile[],
): UpkeepAction | undefined {
  const isOwn = (key: string, by: string | undefined): boolean =>
    // Stryker disable next-line MethodExpression: of what is missing all is known by the same evidence.
    by === undefined || by === node || files.some(({ own }) => own?.key === key)
  const keys = Object.entries(entry.evidence ?? {}).flatMap(([key, evidence]) =>
    isOwn(key, evidence.node) ? [key] : [],
  )
  if (keys.length === 0 || !isExpected(entry)) return undefined
  return { kind: 'forget-evidence', entry: toPlanned(entry), paths: files.map(({ path }) => path), keys }
}

import {
  type Download,
  type FailedDownload,
  type Failure,
  type Lease,
  type LifecycleState,
  type ModelCopy,
  type ModelStanding,
  type QuarantinedFile,
  redactSource,
  sizeOfEntry,
} from 'model-catalog'
import type { Model } from '../catalog/read-model.ts'
import { describeStanding } from '../catalog/standing.ts'
import { formatBytes, formatExactBytes } from '../text/bytes.ts'
import { formatFields } from '../text/fields.ts'
import { toPrintable } from '../text/printable.ts'
import { describeCopy } from './copies-text.ts'
import { describeEvidence } from './evidence-text.ts'
import { listFactFields } from './facts-fields.ts'

export interface ModelFieldsOptions {
  readonly showSource: boolean
  readonly paintState: (state: LifecycleState, text: string) => string
  /** The columns of the terminal. */
  readonly width: number
}

type Field = readonly [name: string, value: string | undefined]

/** What was found out about the model beside its entry. */
interface Found {
  readonly standing: ModelStanding
  readonly copies: readonly ModelCopy[]
}

/** Everything that the catalog knows of a model, a field a line. */
export async function formatModelFields(
  { entry, path, standing, copies }: Model & Found,
  { showSource, paintState, width }: ModelFieldsOptions,
): Promise<readonly string[]> {
  const size = sizeOfEntry(entry)
  const origin = entry.digestOrigin === undefined ? '' : ` (${entry.digestOrigin})`
  const fields: readonly Field[] = [
    ['id', entry.id],
    ['name', toPrintable(entry.name)],
    ['state', paintState(entry.state, entry.state)],
    ['source', toPrintable(showSource ? entry.source : redactSource(entry.source))],
    ['digest', entry.digest === null ? 'not known yet' : `${entry.digest}${origin}`],
    ['size', size === undefined ? 'not known yet' : formatExactBytes(size)],
    ['path', toPrintable(path)],
    ['links into', entry.linksInto && toPrintable(entry.linksInto)],
    [
      'files',
      entry.files
        ?.map(
          (file) =>
            `${toPrintable(file.path)}  ${file.sizeBytes === undefined ? 'size not known yet' : formatBytes(file.sizeBytes)}`,
        )
        .join('\n'),
    ],
    ...listFactFields(entry.facts),
    ['tags', entry.tags?.map(toPrintable).join(', ')],
    ['registered', entry.registeredAt],
    ['verified', entry.verifiedAt ?? 'never'],
    ['revision', String(entry.revision)],
    ['failure', entry.failure && describeFailure(entry.failure)],
    ...Object.entries(entry.evidence ?? {}).map(
      ([key, evidence]): Field => ['evidence', describeEvidence(key, evidence)],
    ),
    // On one machine the evidence says it all.
    ...(copies.every(({ isHere }) => isHere)
      ? []
      : copies.map((copy): Field => ['copy', describeCopy(copy)])),
    [
      'on disk',
      entry.verifiedAt === null && standing.kind === 'unread'
        ? undefined
        : await describeStanding(entry.id, standing),
    ],
    ['download', entry.download && describeDownload(entry.download)],
    ['downloads', entry.failedDownload && describeFailedDownload(entry.failedDownload)],
    ...(entry.leases ?? []).map((lease): Field => ['lease', describeLease(lease)]),
    ...(entry.quarantine ?? []).map((file): Field => ['quarantined', describeQuarantined(file)]),
    ...Object.entries(entry.extra ?? {}).map(
      ([key, value]): Field => [toPrintable(key), toPrintable(JSON.stringify(value))],
    ),
  ]
  return formatFields(
    fields.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const])),
    width,
  )
}

function describeDownload({ holder, node, path, startedAt, until }: Download): string {
  const who = `by ${toPrintable(holder)} on ${node}, from ${startedAt} until ${until}`
  return `${who}\ninto ${toPrintable(path)}`
}

function describeFailedDownload({ attempts, problem, holder, node, at, retryAt }: FailedDownload): string {
  const next = retryAt === undefined ? 'not tried again automatically' : `next attempt from ${retryAt} on`
  return `${attempts} failed, the last at ${at} by ${toPrintable(holder)} on ${node}\n${toPrintable(problem)}\n${next}`
}

function describeLease({ id, holder, node, until }: Lease): string {
  return `${toPrintable(holder)} on ${node} until ${until}\n${toPrintable(id)}`
}

function describeQuarantined({ path, node, at, sizeBytes, digest, diagnosis = [] }: QuarantinedFile): string {
  const found = digest === undefined ? '' : `, ${digest}`
  return [
    toPrintable(path),
    `${at} on ${node}, ${formatBytes(sizeBytes)}${found}`,
    ...diagnosis.map(({ text }) => toPrintable(text)),
  ].join('\n')
}

function describeFailure({ reason, expected, found, node, path, at, diagnosis = [] }: Failure): string {
  const unit = reason === 'size-mismatch' ? ' bytes' : ''
  return [
    `${reason} on ${node}, ${at}`,
    ...(reason === 'not-a-model' ? [] : [`expected ${expected}${unit}`, `found    ${found}${unit}`]),
    `in ${toPrintable(path)}`,
    ...diagnosis.map(({ text }) => toPrintable(text)),
  ].join('\n')
}

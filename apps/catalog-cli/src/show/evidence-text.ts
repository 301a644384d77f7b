import type { DiagnosisNote, Evidence } from 'model-catalog'
import { formatBytes } from '../text/bytes.ts'
import { formatDuration } from '../text/duration.ts'
import { toPrintable } from '../text/printable.ts'

/** As much of a volume's id as tells it from the others of a machine. */
const SHORT_ID_LENGTH = 8

/** What was read, where, when and by which machine; `key` is what the evidence stands under. */
export function describeEvidence(key: string, evidence: Evidence): string {
  const { outcome, digest, bytes, durationMs, engine, at, look, weak, node = key } = evidence
  const reading = `${formatBytes(bytes)} in ${formatDuration(durationMs)} (${engine})`
  return [
    `${outcome} ${describeVolume(key, evidence)}`,
    `read ${at} by ${toPrintable(node)}, ${reading}`,
    ...(outcome === 'match' ? [] : [digest]),
    ...(weak === true ? [WEAK] : []),
    ...(look === undefined ? [] : [`first look: ${describeLook(look)}`]),
  ].join('\n')
}

const WEAK = 'weak: this file system does not report every change that is made while a file is read'

function describeVolume(key: string, { volume, anchor }: Evidence): string {
  if (volume === undefined) return `on ${toPrintable(key)}, as an older version recorded it`
  const id = toPrintable(volume.slice(0, SHORT_ID_LENGTH))
  if (anchor !== undefined) return `on the volume of ${toPrintable(anchor)} (${id})`
  return `on a volume without an anchor (${id}), which only the program that read it recognizes`
}

function describeLook(look: readonly DiagnosisNote[]): string {
  return look.length === 0 ? 'nothing found' : look.map(({ text }) => toPrintable(text)).join('; ')
}

import type { RecoveryReport } from 'model-catalog'
import { toPrintable } from '../text/printable.ts'

/** Warnings about what opening found, one line each. Ordinary traces of a crash are repaired without one. */
export function describeRecovery({
  newerView,
  linkedFiles,
  dropped,
  damage,
}: RecoveryReport): readonly string[] {
  const lines = linkedFiles.map(
    (path) =>
      `warning: ${toPrintable(path)} has another hard link: a copy that shares it is not a backup (use cp -r, not cp -al)`,
  )
  if (damage !== undefined) {
    lines.push(
      `warning: ${toPrintable(damage.path)} is damaged: what was recorded after the damage is not shown`,
    )
  }
  if (dropped !== undefined) {
    lines.push(`warning: a power cut took ${dropped.records} records of ${toPrintable(dropped.path)}`)
  }
  if (newerView === undefined) return lines
  const { path, keptFile, revision, head } = newerView
  const what = `${toPrintable(path)} shows record ${revision}, and the catalog ends with record ${head}`
  const where =
    keptFile === undefined ? 'the next change moves it away' : `it is now ${toPrintable(keptFile)}`
  return [...lines, `warning: ${what}: an older copy of .catalog was put back; ${where}`]
}

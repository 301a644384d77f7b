import { join } from 'node:path'

/** Every name that the store has on disk. */
export interface FileNames {
  readonly root: string
  /** `catalog.json`, the view. */
  readonly view: string
  /** Which file the view is that was written last: a hint. */
  readonly knownView: string
  /** `.catalog`, everything that is the store's own. */
  readonly directory: string
  /** The version of the format. */
  readonly format: string
  /** The `catalog.json` that the catalog was made from, as it was. */
  readonly adopted: string
  journal(segment: number): string
  snapshot(segment: number): string
  /** A unique name, for a file on its way to its real name. */
  temporary(purpose: string, writer: string): string
}

/** The names below one root. */
export function fileNamesIn(root: string): FileNames {
  const directory = join(root, '.catalog')
  return {
    root,
    directory,
    view: join(root, 'catalog.json'),
    knownView: join(directory, 'view'),
    format: join(directory, 'format'),
    adopted: join(directory, 'adopted-catalog.json'),
    journal: (segment) => join(directory, `journal-${formatSegment(segment)}.jsonl`),
    snapshot: (segment) => join(directory, `snapshot-${formatSegment(segment)}.jsonl`),
    temporary: (purpose, writer) => join(directory, `${purpose}-${writer}.tmp`),
  }
}

/** The same for a copy that is not finished: what says its format stands beside the file that keeps stores from opening it. */
export function copyNamesIn(root: string): FileNames {
  const names = fileNamesIn(root)
  return { ...names, format: join(names.directory, 'format-copy') }
}

/** The segments that have a snapshot, of the names in `.catalog`, in order. */
export function findSegments(names: readonly string[]): readonly number[] {
  const segments = names.map(parseSnapshotName).filter((segment) => segment !== undefined)
  return segments.sort((a, b) => a - b)
}

/** The highest segment that has a snapshot: the present one. Undefined if there is none. */
export function findLatestSegment(names: readonly string[]): number | undefined {
  return findSegments(names).at(-1)
}

/** The segment whose journal or snapshot has this name, in `.catalog`. */
export function parseSegmentFileName(name: string): number | undefined {
  const digits = /^(?:journal|snapshot)-([0-9]{6,12})\.jsonl$/u.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export function isTemporaryName(name: string): boolean {
  return name.endsWith('.tmp')
}

function formatSegment(segment: number): string {
  return String(segment).padStart(6, '0')
}

function parseSnapshotName(name: string): number | undefined {
  const digits = /^snapshot-([0-9]{6,12})\.jsonl$/u.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

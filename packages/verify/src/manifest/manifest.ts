import { createHash } from 'node:crypto'
import { type InputProblem, parseSha256Digest, type Sha256Digest } from '@catalog/types'
import type { ManifestLine } from './manifest-line.ts'
import { assertNoProblems, findDigestProblems, findManifestPathProblems } from './manifest-problems.ts'

/** One file as a caller names it: a `ModelFile` of an entry fits, and so does a `ManifestLine`. */
export interface ManifestFile {
  readonly path: string
  /** 64 hexadecimal characters of either case, with or without `sha256:`. */
  readonly digest: string
  readonly sizeBytes?: number | undefined
}

/** A checked file: its digest is bare and lower-case. */
export interface CheckedManifestFile extends ManifestLine {
  readonly sizeBytes: number | undefined
}

/**
 * The digest of a multi-file model: the SHA-256 of the text of `formatManifest`. The order of the files does
 * not matter, and their sizes are not part of it.
 *
 * @throws {CatalogError} INVALID_INPUT if there are no files, a path occurs twice or could lead out of the
 *   root, or a digest is invalid
 */
export function digestManifest(files: readonly ManifestFile[]): Sha256Digest {
  return parseSha256Digest(createHash('sha256').update(formatManifest(files)).digest('hex'))
}

/**
 * The files as `sha256sum` prints them (`<digest> <path>` and a newline), sorted by path in byte order, as
 * `LC_ALL=C sort` does. No path needs escaping: a manifest refuses backslash and newline.
 *
 * @throws {CatalogError} INVALID_INPUT if there are no files, a path occurs twice or could lead out of the
 *   root, or a digest is invalid
 */
export function formatManifest(files: readonly ManifestFile[]): string {
  return parseManifestFiles(files)
    .map(({ digest, path }) => `${digest}  ${path}\n`)
    .join('')
}

/** The files checked and in the order of their paths' bytes, or INVALID_INPUT naming the wrong ones. */
export function parseManifestFiles(files: readonly ManifestFile[]): readonly CheckedManifestFile[] {
  if (!Array.isArray(files)) assertNoProblems([{ field: 'files', problem: 'must be a list of files' }])
  if (files.length === 0) assertNoProblems([{ field: 'files', problem: 'must not be empty' }])
  const seen = new Set<string>()
  assertNoProblems(files.flatMap((file, index) => findFileProblems(file, `files.${index}`, seen)))
  return files
    .map(({ path, digest, sizeBytes }) => ({ path, digest: parseSha256Digest(digest), sizeBytes }))
    .map((file) => ({ file, bytes: Buffer.from(file.path) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ file }) => file)
}

function findFileProblems(file: unknown, field: string, seen: Set<string>): readonly InputProblem[] {
  if (typeof file !== 'object' || file === null) return [{ field, problem: 'must be a file of a manifest' }]
  const { path, digest, sizeBytes } = file as Partial<Record<keyof ManifestFile, unknown>>
  return [
    ...findManifestPathProblems(path, `${field}.path`, seen),
    ...findDigestProblems(digest, `${field}.digest`),
    ...findSizeProblems(sizeBytes, `${field}.sizeBytes`),
  ]
}

function findSizeProblems(sizeBytes: unknown, field: string): readonly InputProblem[] {
  if (sizeBytes === undefined) return []
  if (typeof sizeBytes === 'number' && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) return []
  return [{ field, problem: 'must be an integer number of bytes' }]
}

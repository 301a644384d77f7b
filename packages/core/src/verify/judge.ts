import type { DiagnosisNote, EntryContent, ModelFile, Sha256Digest } from '@catalog/types'
import type { ReadFile, Reading, TargetFile } from '../entry/reading.ts'
import { digestStatedBy } from '../entry/stated-digest.ts'

/** What a reading means for an entry. */
export type Verdict = { readonly outcome: 'match'; readonly reading: Reading } | Mismatch

/** Why what was read is not what the entry expects. */
export type Mismatch = FoundWrong &
  (
    | {
        readonly outcome: 'digest-mismatch'
        readonly expected: Sha256Digest
        readonly found: Sha256Digest
        /** Of what has that digest. */
        readonly sizeBytes: number
      }
    | { readonly outcome: 'size-mismatch'; readonly expectedBytes: number; readonly foundBytes: number }
    | { readonly outcome: 'not-a-model'; readonly diagnosis: readonly DiagnosisNote[] }
  )

interface FoundWrong {
  readonly reading: Reading
  /** The first wrong file, or the directory of all if only together they are not what they should be. */
  readonly path: string
  /** Whether what was expected and found is of the model and not of one of its files. */
  readonly isWhole: boolean
  /** In the order of the manifest; of files that are only wrong together, those without a declared digest, else all. */
  readonly wrong: readonly ReadFile[]
  /** What the file at `path` looks like instead. */
  readonly diagnosis?: readonly DiagnosisNote[]
  /** Whether the wrong files were quarantined: `path` is where the first of them is now. */
  readonly isQuarantined?: true
}

/**
 * Compares what was read with what the entry says: every file first, then the model as a whole. The first wrong file by
 * the order of the manifest is named, whichever was read first. An entry without a digest takes the first one found, but
 * never that of a file of another size, or of one that cannot be a model: only who declares a digest means such bytes.
 */
export function judge(entry: EntryContent, reading: Reading): Verdict {
  return (
    judgeSet(reading) ??
    judgeFiles(entry, reading) ??
    judgeWhole(entry, reading) ??
    judgeLooks(entry, reading) ?? { outcome: 'match', reading }
  )
}

/** What an entry says of one of its files. */
type Declared = Partial<Omit<ModelFile, 'path'>>

/**
 * Tells what is declared of each of a model's files: by the entry, or of the digest, if the entry has none, by the name
 * of the file.
 */
export function declarationsOf(entry: EntryContent): (file: Pick<TargetFile, 'part' | 'place'>) => Declared {
  // Stryker disable next-line ArrayDeclaration: a file without a path is never looked up.
  const { digest, sizeBytes, files = [] } = entry
  // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
  const whole = { ...(digest !== null && { digest }), ...(sizeBytes !== undefined && { sizeBytes }) }
  const byPath = new Map(files.map((file) => [file.path, file]))
  return ({ part, place }) => {
    const declared: Declared = part === undefined ? whole : (byPath.get(part.path) ?? {})
    const stated = declared.digest === undefined ? digestStatedBy(place) : undefined
    return stated === undefined ? declared : { ...declared, digest: stated }
  }
}

/** The files whose size is not the declared one. */
export function findWrongSizes(entry: EntryContent, files: readonly ReadFile[]): readonly ReadFile[] {
  const declaredOf = declarationsOf(entry)
  return files.filter((file) => (declaredOf(file).sizeBytes ?? file.sizeBytes) !== file.sizeBytes)
}

function judgeFiles(entry: EntryContent, reading: Reading): Mismatch | undefined {
  const declaredOf = declarationsOf(entry)
  const wrongSizes = findWrongSizes(entry, reading.files)
  const [resized] = wrongSizes
  if (resized !== undefined) {
    const { path, sizeBytes: foundBytes } = resized
    const { sizeBytes: expectedBytes = foundBytes } = declaredOf(resized)
    const where = { ...toWhere(reading, path), wrong: wrongSizes }
    return { ...where, outcome: 'size-mismatch', expectedBytes, foundBytes }
  }
  const wrong = reading.files.filter((file) => {
    const { digest = file.read?.digest } = declaredOf(file)
    return file.read?.digest !== digest
  })
  const [first] = wrong
  const expected = first && declaredOf(first).digest
  // Stryker disable next-line ConditionalExpression: only the types need this: what differs was read, and something else was declared.
  if (first?.read === undefined || expected === undefined) return undefined
  const { digest: found, sizeBytes } = first.read
  return { ...toWhere(reading, first.path), outcome: 'digest-mismatch', expected, found, sizeBytes, wrong }
}

/** Each is what was said of it, and together they are not. */
function judgeWhole(entry: EntryContent, reading: Reading): Mismatch | undefined {
  const { files, digest: found, bytes } = reading
  if (found === undefined) return undefined
  const declaredOf = declarationsOf(entry)
  const undeclared = files.filter((file) => declaredOf(file).digest === undefined)
  const wrong = undeclared.length === 0 ? files : undeclared
  const where = { ...toWhere(reading, reading.path), isWhole: true }
  const { digest: expected, sizeBytes: expectedBytes = bytes } = entry
  if (expectedBytes !== bytes) {
    return { ...where, outcome: 'size-mismatch', expectedBytes, foundBytes: bytes, wrong }
  }
  if (expected === null || expected === found) return undefined
  return { ...where, outcome: 'digest-mismatch', expected, found, sizeBytes: bytes, wrong }
}

/** An incomplete set is not a model, but none of its files is wrong. */
function judgeSet(reading: Reading): Mismatch | undefined {
  const { missing, path, files } = reading
  if (missing === undefined) return undefined
  // Stryker disable next-line OptionalChaining: only the types need this: one file is the first.
  const where = { ...toWhere(reading, files.length === 1 ? (files[0]?.path ?? path) : path), isWhole: true }
  return { ...where, outcome: 'not-a-model', diagnosis: missing, wrong: [] }
}

/** What a first look found at files without a declared digest. */
function judgeLooks(entry: EntryContent, reading: Reading): Mismatch | undefined {
  const wrong = reading.files.filter((file) => isRefused(file) && !isDeclared(entry, file))
  const [first] = wrong
  if (first?.look === undefined) return undefined
  return { ...toWhere(reading, first.path), outcome: 'not-a-model', diagnosis: first.look.refusals, wrong }
}

function isRefused({ look }: ReadFile): boolean {
  return look !== undefined && look.refusals.length > 0
}

/** Whether a caller, or the name of a file, says which bytes are meant: a digest that was computed says nothing. */
export function isDeclared(entry: EntryContent, file: Pick<TargetFile, 'part' | 'place'>): boolean {
  if (entry.digest !== null && entry.digestOrigin !== 'computed') return true
  if (digestStatedBy(file.place) !== undefined) return true
  // Of a set that was verified once, it is no longer known which digests were declared.
  return file.part !== undefined && declarationsOf(entry)(file).digest !== undefined
}

function toWhere(reading: Reading, path: string): Omit<FoundWrong, 'wrong'> {
  const { diagnosis } = reading
  // Stryker disable next-line OptionalChaining: only the types need this: a model has files.
  const isWhole = reading.files[0]?.part === undefined
  // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
  return { reading, path, isWhole, ...(diagnosis !== undefined && { diagnosis }) }
}

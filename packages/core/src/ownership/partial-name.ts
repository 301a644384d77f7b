const PARTIAL = '.partial'
// As `checkpointPathOf` of the verifier names it, and the new one before it takes its place; and what
// docs/provisioning.md has a provisioner call the ETag that it goes on by.
const CHECKPOINT = /^(.+)\.partial\.(?:checkpoint(?:\.new)?|etag)$/su
// In the directory in which the files of a model are collected: partial files, and files that are whole, under the paths of
// the manifest. No model file has such a path.
const COLLECTED = /^(.+?)\.partial([\\/])\.(parts|whole)[\\/](.+)$/su
const QUARANTINED = /^(.+)\.quarantined-([1-9][0-9]{0,8})$/su

/** What a download left beside a model's file, and the name of that file. */
export type Leftover =
  | { readonly kind: 'partial'; readonly file: string }
  | { readonly kind: 'checkpoint'; readonly file: string; readonly partial: string }
  | { readonly kind: 'quarantined'; readonly file: string; readonly n: number }

const CONTROL_ENDS = ['checkpoint', 'checkpoint.new', 'etag'] as const

/** What a download keeps beside a partial file. */
export function controlFilesOf(partialPath: string): readonly string[] {
  return CONTROL_ENDS.map((end) => `${partialPath}.${end}`)
}

/** Where the bytes of a model's file are collected until all are there and right. */
export function partialPathOf(path: string): string {
  return `${path}${PARTIAL}`
}

/** The name of the directory, beside that of a model, in which its files are collected until that one exists. */
export function collectingNameOf(directory: string): string {
  return partialPathOf(directory.replace(/[\\/]+$/u, ''))
}

/** In the directory of `collectingNameOf`: the one of the partial files, and the one that becomes the model's directory. */
export const COLLECTED_PARTS = '.parts'
export const COLLECTED_WHOLE = '.whole'

/** Whether a path is below a directory in which files are collected, of any model. */
export function isCollected(path: string): boolean {
  return toCollected(path) !== undefined
}

/** The directories that were made to collect a file at this path, the deepest first; none if it is not collected. */
export function collectingDirectoriesOf(path: string): readonly string[] {
  const collected = toCollected(path)
  if (collected === undefined) return []
  const ends = [...path.matchAll(/[\\/]/gu)].map(({ index }) => index)
  return ends
    .filter((end) => end >= collected.length)
    .map((end) => path.slice(0, end))
    .reverse()
}

/** Where the `n`th wrong file that had, or was to have, this path is quarantined; `n` counts from 1. */
export function quarantinePathOf(path: string, n: number): string {
  // What is whole gets its name with the directory that it is in, and a wrong file does not.
  const beside =
    toCollected(path)?.place === 'whole' ? path.replace(COLLECTED, '$1.partial$2.parts$2$4') : path
  return `${beside}.quarantined-${n}`
}

/** What a file is by its name, a path of any kind; undefined for one that no download leaves. */
export function parseLeftover(name: string): Leftover | undefined {
  const collected = toCollected(name)
  if (collected?.place === 'whole') return { kind: 'partial', file: collected.file }
  const leftover = parseBeside(name)
  if (leftover === undefined || collected === undefined) return leftover
  // Stryker disable next-line OptionalChaining: only the types need this: what is left beside a collected file is collected too.
  const file = toCollected(leftover.file)?.file
  // Stryker disable next-line ConditionalExpression: only the types need this: what is left beside a collected file is collected too.
  return file === undefined ? undefined : { ...leftover, file }
}

function parseBeside(name: string): Leftover | undefined {
  // Stryker disable next-line ArrayDeclaration: the first of what matched is not used.
  const [, checkpointed] = CHECKPOINT.exec(name) ?? []
  if (checkpointed !== undefined && hasName(checkpointed)) {
    return { kind: 'checkpoint', file: checkpointed, partial: partialPathOf(checkpointed) }
  }
  // Stryker disable next-line ArrayDeclaration: the first of what matched is not used.
  const [, quarantined, n] = QUARANTINED.exec(name) ?? []
  if (quarantined !== undefined && hasName(quarantined)) {
    return { kind: 'quarantined', file: quarantined, n: Number(n) }
  }
  const file = name.slice(0, -PARTIAL.length)
  return name.endsWith(PARTIAL) && hasName(file) ? { kind: 'partial', file } : undefined
}

/** A file that is collected: where, the file that it is to be, and how long the name of the directory for all is. */
function toCollected(
  path: string,
): { readonly place: 'parts' | 'whole'; readonly file: string; readonly length: number } | undefined {
  // Stryker disable next-line StringLiteral,ArrayDeclaration: without a place nothing of this is used.
  const [, directory = '', separator = '', place, below = ''] = COLLECTED.exec(path) ?? []
  // Stryker disable next-line ConditionalExpression: only the types need this: a name without a place has no directory either.
  if ((place !== 'parts' && place !== 'whole') || !hasName(directory)) return undefined
  return { place, file: `${directory}${separator}${below}`, length: collectingNameOf(directory).length }
}

/** A hidden file `.partial` in some directory is what a user calls it. */
function hasName(path: string): boolean {
  return path !== '' && !/[\\/]$/u.test(path)
}

import { join, relative, sep } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { type ScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import { mapInOrder } from '../disk/map-in-order.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { orProblem, toProblemItem } from '../store/items.ts'
import type { DigestList } from './checksum-list.ts'
import { parseSignedStatement, type SignedStatement } from './signed-statement.ts'

/** The signing program writes this one unless it is told otherwise. */
const USUAL_NAME = 'model.sig'
const NAME = /\.sig$/iu

/** A signature, and what it speaks of. */
interface Signature {
  readonly path: string
  readonly layout: LayoutName
  readonly statement: SignedStatement
  /** The directory of the signed files, or with one of them that file. */
  readonly base: string
  readonly isOfFile: boolean
}

/**
 * The statements of OpenSSF Model Signing in a directory, and what is wrong with them. Which key signed them is not
 * checked, so that what they state counts as a list of digests and not as a signature.
 */
export async function readSignatures(
  directory: DirectoryListing,
  reader: StoreReader,
  layout: LayoutName,
): Promise<{ readonly lists: readonly DigestList[]; readonly items: readonly ScanItem[] }> {
  const lists: DigestList[] = []
  const items: ScanItem[] = []
  for (const { name, kind } of directory.names) {
    if (kind === 'directory' || !NAME.test(name)) continue
    const failed = await orProblem(layout, undefined, async () => {
      const statement = await readStatement(join(directory.path, name), name, reader)
      if (statement === undefined) return []
      const signature = await locate(statement, { directory, name, layout, reader })
      lists.push(toList(signature))
      return (await findTroubles(signature, reader)).map(toProblemItem)
    })
    items.push(...failed)
  }
  return { lists, items }
}

/** Many programs write `.sig` files. Only of this one's own name something must come. */
async function readStatement(
  path: string,
  name: string,
  reader: StoreReader,
): Promise<SignedStatement | undefined> {
  const text = await orUnusable(() => reader.readText(path))
  if (text instanceof UnusableError) {
    if (text.kind === 'broken-manifest' && name !== USUAL_NAME) return undefined
    throw text
  }
  const statement = parseSignedStatement(path, text)
  if (statement !== undefined || name !== USUAL_NAME) return statement
  throw new UnusableError('broken-manifest', path, 'is not a signature of OpenSSF Model Signing')
}

/** A signature lies among the files that it names, or beside their directory. */
async function locate(
  statement: SignedStatement,
  {
    directory,
    name,
    layout,
    reader,
  }: {
    readonly directory: DirectoryListing
    readonly name: string
    readonly layout: LayoutName
    readonly reader: StoreReader
  },
): Promise<Signature> {
  const { subject, files } = statement
  const common = { path: join(directory.path, name), layout, statement }
  if (files.has('.')) {
    const file = directory.has(subject) ? subject : name.replace(NAME, '')
    return { ...common, base: join(directory.path, file), isOfFile: true }
  }
  const [first = ''] = files.keys()
  const isBeside =
    directory.has(subject, 'directory') && !(await isThere(reader, join(directory.path, first)))
  return { ...common, base: isBeside ? join(directory.path, subject) : directory.path, isOfFile: false }
}

function toList({ path, layout, statement, base, isOfFile }: Signature): DigestList {
  const { files, ignored } = statement
  return {
    path,
    stateOf(absolute, { sizeBytes }) {
      const below = relative(base, absolute).split(sep).join('/')
      const signed = files.get(below === '' ? '.' : below)
      if (signed?.digest !== undefined) {
        return { declared: { digest: signed.digest, origin: 'list', declaredIn: path } }
      }
      // Of empty files a signature by shards has nothing to name.
      const isOutside = isOfFile || below.startsWith('../') || isIgnored(below, ignored)
      if (signed !== undefined || isOutside || absolute === path || sizeBytes === 0) return {}
      const text = `is not named by the signature ${path}`
      return { problem: { kind: 'unsigned-file', layout, path: absolute, text } }
    },
  }
}

function isIgnored(path: string, ignored: readonly string[]): boolean {
  return ignored.some((each) => path === each || path.startsWith(`${each}/`))
}

async function findTroubles(signature: Signature, reader: StoreReader): Promise<readonly ScanProblem[]> {
  const { path, layout, statement, base, isOfFile } = signature
  const names = [...statement.files.keys()]
  const problems: ScanProblem[] = []
  const unusable = names.filter((name) => statement.files.get(name)?.digest === undefined)
  if (unusable.length > 0) {
    const text = `states digests of parts, or of another kind, for ${count(unusable)}`
    problems.push({ kind: 'unusable-digest', layout, path, text })
  }
  const found = await mapInOrder(names, (name) => isThere(reader, isOfFile ? base : join(base, name)))
  const missing = names.filter((_, index) => found[index] === false)
  if (missing.length > 0) {
    problems.push({
      kind: 'missing-file',
      layout,
      path,
      text: `signs files that do not exist: ${count(missing)}`,
    })
  }
  return problems
}

function count([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? JSON.stringify(first) : `${JSON.stringify(first)} and ${others.length} others`
}

/** A link that leads nowhere is told with the model. */
async function isThere(reader: StoreReader, path: string): Promise<boolean> {
  return (await orUnusable(() => reader.find(path))) !== undefined
}

import { basename, dirname, join } from 'node:path'
import type { ScanItem } from '../../candidate/candidate.ts'
import { parseGitBlobId, parseSha256 } from '../../candidate/digest-text.ts'
import { type ScanProblem, UnusableError } from '../../candidate/scan-problem.ts'
import type { ModelDirectory } from '../../directories/directory-options.ts'
import { singleModels } from '../../directories/file-models.ts'
import { wholeModel } from '../../directories/whole-model.ts'
import type { FoundEntry } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import type { BrokenFile, DirectoryFiles, SeenFile } from '../../files/directory-files.ts'
import { isWeights } from '../../files/file-names.ts'
import { filesBelow } from '../../files/files-below.ts'
import type { Statement } from '../../statements/statement.ts'
import { orProblem } from '../../store/items.ts'
import { type HubRepository, type HubRevision, revisionName, toHubSource } from './hub-repository.ts'
import { type HubTree, readHubTree } from './hub-tree.ts'

const LAYOUT = 'huggingface'
/** A repository with one of these beside its weights is one model. */
const MODEL_MARKS = ['config.json', 'model_index.json', 'params.json', 'adapter_config.json']

/** The models of one snapshot. */
export async function modelsOfSnapshot(
  repository: HubRepository,
  revision: HubRevision,
  reader: StoreReader,
): Promise<readonly ScanItem[]> {
  const label = labelOf(repository, revisionName(revision))
  let tree: HubTree | undefined
  const failed = await orProblem(LAYOUT, label, async () => {
    tree = await readHubTree(repository.directory, revision.commit, reader)
    return []
  })
  const models = await orProblem(LAYOUT, label, async () => {
    const directory = await reader.list(join(repository.directory.path, 'snapshots', revision.commit))
    const all = checkSizes(await filesBelow(directory, { reader }), tree)
    const model = { ...describe(repository, revision, tree), directory, reader }
    return isOneModel(all) ? await wholeModel(model, all) : await singleModels(model, weightsOf(all))
  })
  return [...failed, ...models]
}

/** `acme/Wren-1M`, with `@` and the revision if it is not the main one. */
export function labelOf({ name }: HubRepository, revision: string | undefined): string {
  return revision === undefined || revision === 'main' ? name : `${name}@${revision}`
}

function describe(
  repository: HubRepository,
  revision: HubRevision,
  tree: HubTree | undefined,
): Omit<ModelDirectory, 'directory' | 'reader'> {
  const { name, directory } = repository
  const called = revisionName(revision)
  const label = labelOf(repository, called)
  // An id has no `@`.
  const suffix = called === undefined ? '' : `-at-${called.replaceAll('/', '-')}`
  return {
    ...{ layout: LAYOUT, store: dirname(directory.path), label, linksInto: directory.path },
    names: `${name}${suffix}`.split('/'),
    sourceOf: (path) => toHubSource(name, path, called),
    statementOf: (path, found) => stateOf(path, found, { tree, label }),
  }
}

function isOneModel({ files, broken }: DirectoryFiles): boolean {
  const paths = [...files, ...broken].map(({ path }) => path)
  if (!paths.some((path) => MODEL_MARKS.includes(path))) return false
  return paths.some(
    (path) => (isWeights(path) && !path.endsWith('.gguf')) || path.endsWith('.safetensors.index.json'),
  )
}

function weightsOf({ files, broken, partials }: DirectoryFiles): DirectoryFiles {
  return {
    files: files.filter(({ path }) => isWeights(path)),
    broken: broken.filter(({ path }) => isWeights(path)),
    partials,
  }
}

/** Files that are not as long as the hub says are broken. */
function checkSizes(all: DirectoryFiles, tree: HubTree | undefined): DirectoryFiles {
  const toBroken = ({ path, found }: SeenFile): readonly BrokenFile[] => {
    const sizeBytes = tree?.files.get(path)?.sizeBytes
    if (sizeBytes === undefined || sizeBytes === found.sizeBytes) return []
    const text = `has ${found.sizeBytes} bytes, and the hub's record ${sizeBytes}`
    return [{ path, error: new UnusableError('wrong-size', found.path, text) }]
  }
  const broken = all.files.flatMap(toBroken)
  const isBroken = new Set(broken.map(({ path }) => path))
  return {
    ...all,
    files: all.files.filter(({ path }) => !isBroken.has(path)),
    broken: [...all.broken, ...broken],
  }
}

/** A blob is named after its digest; without links, only the record of the commit tells it. */
function stateOf(
  path: string,
  found: FoundEntry,
  { tree, label }: { readonly tree: HubTree | undefined; readonly label: string },
): Statement {
  const recorded = tree?.files.get(path)
  const isLinked = found.path !== found.realPath
  const blob = isLinked ? basename(found.realPath) : undefined
  const digest = parseSha256(blob)
  const problem = (text: string): Statement => ({ problem: toUnusable(found.path, text, label) })
  if (digest !== undefined) {
    const isContradicted = recorded?.sha256 !== undefined && recorded.sha256 !== digest
    if (isContradicted) return problem(`leads to the blob ${digest}, and the hub's record has another digest`)
    return { declared: { digest, origin: 'hub', declaredIn: found.realPath } }
  }
  const gitBlobId = parseGitBlobId(blob) ?? recorded?.gitBlobId
  if (gitBlobId !== undefined) return { gitBlobId }
  if (tree !== undefined && recorded?.sha256 !== undefined) {
    return { declared: { digest: recorded.sha256, origin: 'hub', declaredIn: tree.path } }
  }
  return isLinked ? problem('leads to a blob whose name is neither a SHA-256 nor a git blob id') : {}
}

function toUnusable(path: string, text: string, model: string): ScanProblem {
  return { kind: 'unusable-digest', layout: LAYOUT, path, text, model }
}

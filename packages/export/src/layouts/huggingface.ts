import { createHash } from 'node:crypto'
import { isCatalogError, type ModelEntry, ModelRef } from 'model-catalog'
import { isGguf } from './gguf-files.ts'
import {
  type LayoutPlan,
  type PlannedName,
  shortName,
  type VerifiedFile,
  type VerifiedModel,
} from './layout-plan.ts'

const COMMIT_LENGTH = 40

/**
 * A cache for `HF_HUB_CACHE` with one repository: that of the source, else `local/<name>`. The commit is made up of the
 * model's digest: the hub has none with this name, so the tool has to be offline (`HF_HUB_OFFLINE=1`).
 * Source: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export async function planHuggingFace(model: VerifiedModel): Promise<LayoutPlan> {
  const { entry } = model
  const repository = repositoryOf(entry)
  const commit = (entry.digest ?? '').slice(0, COMMIT_LENGTH)
  const files = await nameFiles(model)
  const root = `models--${repository.replace('/', '--')}`
  const blobs = new Map(files.map((file) => [`${root}/blobs/${file.digest}`, file]))
  const names: readonly PlannedName[] = [
    ...[...blobs].map(([path, file]) => ({ path, file })),
    ...files.map(({ name, digest }) => ({
      path: `${root}/snapshots/${commit}/${name}`,
      link: `${'../'.repeat(name.split('/').length + 1)}blobs/${digest}`,
    })),
    { path: `${root}/refs/main`, text: commit },
    { path: `${root}/trees/${commit}.json`, text: JSON.stringify(toTree(files)) },
  ]
  return { model: repository, names }
}

/** A name of the hub has no `--` and no `..`. */
function repositoryOf(entry: ModelEntry): string {
  const ref = hubRefOf(entry)
  if (ref !== undefined) return `${ref.org}/${ref.repo}`
  return `local/${shortName(entry)
    .replace(/-{2,}/gu, '-')
    .replace(/\.{2,}/gu, '.')}`
}

function hubRefOf({ source }: ModelEntry): Extract<ModelRef, { kind: 'hf' }> | undefined {
  try {
    const ref = ModelRef.parse(source)
    return ref.kind === 'hf' ? ref : undefined
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return undefined
    throw error
  }
}

/** A file that another store named after its digest gets the name of the model. */
async function nameFiles({ entry, files }: VerifiedModel): Promise<readonly VerifiedFile[]> {
  const [file] = files
  if (entry.files !== undefined || file === undefined || /\.[A-Za-z]\w*$/u.test(file.name)) return files
  const extension = (await isGguf(file.path)) ? 'gguf' : 'safetensors'
  return [{ ...file, name: `${shortName(entry)}.${extension}` }]
}

/** What the repository has, so that a digest is known without following a link to a file of another name. */
function toTree(files: readonly VerifiedFile[]): object {
  const entries = files.map(({ name, digest, sizeBytes }) => [
    name,
    { size: sizeBytes, blob_id: pointerId(digest, sizeBytes), lfs_sha256: digest, lfs_size: sizeBytes },
  ])
  return { format_version: 1, files: Object.fromEntries(entries) }
}

/** The git blob id of the git-lfs pointer that stands for a file in its repository. */
function pointerId(digest: string, sizeBytes: number): string {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${digest}\nsize ${sizeBytes}\n`
  return createHash('sha1').update(`blob ${pointer.length}\0${pointer}`).digest('hex')
}

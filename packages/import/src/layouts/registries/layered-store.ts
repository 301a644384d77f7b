import { join } from 'node:path'
import { type BlobStore, findLayeredModels, type LayeredModel } from '../../blobs/layered-models.ts'
import type { Findings } from '../../store/findings.ts'

/** Adds the models of a manifest to what was found, and tells what keeps others from being models. */
export async function addLayeredModels(
  store: BlobStore,
  model: LayeredModel,
  findings: Findings,
): Promise<void> {
  const { name } = model
  const found = await findings.attempt(name, () => findLayeredModels(store, model))
  findings.add(...(found?.models ?? []))
  for (const { kind, path, message } of found?.failures ?? []) {
    findings.tell({ kind, path, text: message, model: name })
  }
}

/** Where a blob is: `blobs/sha256/<hex>`. */
export function toBlobPath(root: string, digest: string): string {
  return join(root, 'blobs', ...digest.split(':'))
}

/** What a model without a name is called. */
export function toShortDigest(digest: string): string {
  return digest.replace(/^.*:/u, '').slice(0, 12)
}

/** The names that the id of a model is made of: the repository, and the tag if there is one. */
export function toIdNames(name: string): readonly string[] {
  const [, repository = name, tag] = /^(.*?)(?::([^:/@]+))?(?:@.*)?$/su.exec(name) ?? []
  return tag === undefined ? [repository] : [repository, tag]
}

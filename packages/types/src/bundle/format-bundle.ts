import type { ModelFacts } from '../entry/model-facts.ts'
import { createInvalidInput } from '../error/catalog-error.ts'
import {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type BundleModel,
  MAX_BUNDLE_MANIFEST_BYTES,
} from './bundle-manifest.ts'

/**
 * The text of `bundle.json`. The same models give the same text, in whatever order they are.
 *
 * @throws {CatalogError} INVALID_INPUT if it would be larger than what is read
 */
export function formatBundle(models: readonly BundleModel[]): string {
  const sorted = models.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(toWire)
  const manifest = { format: BUNDLE_FORMAT, version: BUNDLE_VERSION, models: sorted }
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  if (new TextEncoder().encode(text).length <= MAX_BUNDLE_MANIFEST_BYTES) return text
  const problem = `are too many for one bundle, whose manifest has at most ${MAX_BUNDLE_MANIFEST_BYTES} bytes`
  throw createInvalidInput([{ field: 'models', problem }])
}

function toWire(model: BundleModel): object {
  const { id, name, source, digest, digestOrigin, sizeBytes, registeredAt, verifiedAt } = model
  const { tags, facts, isDirectory, files } = model
  return {
    ...{ id, name, source, digest },
    ...{ digest_origin: digestOrigin, size: sizeBytes, registered_at: registeredAt, verified_at: verifiedAt },
    ...(tags !== undefined && { tags }),
    ...(facts !== undefined && { facts: toWireFacts(facts) }),
    ...(isDirectory
      ? {
          files: files.map(({ path, stored, sizeBytes: size, digest: sha256 }) => ({
            ...{ path, stored, size, digest: sha256 },
          })),
        }
      : { stored: files[0]?.stored }),
  }
}

function toWireFacts(facts: ModelFacts): object {
  const { format, architecture, parameters, quantisation, contextLength } = facts
  const { tokenizer, tensorCount, licence, name } = facts
  // What is undefined has no place in JSON.
  return {
    ...{ format, name, architecture, parameters, quantisation, context_length: contextLength },
    ...{ tokenizer, tensor_count: tensorCount, licence },
  }
}

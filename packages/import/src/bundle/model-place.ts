import { dirname, join } from 'node:path'
import { type BundleModel, createInvalidInput } from '@catalog/types'
import type { ModelEntry } from 'model-catalog'
import { pathInBundle } from './bundle-files.ts'
import type { Bundle } from './read-bundle.ts'

/** Where the files of a bundle go: into the catalog's root, into another directory, or nowhere. */
export type BundleTarget =
  | { readonly kind: 'root' }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'in-place' }

/** The place of a model, as an entry names it. */
export type ModelPlace = { readonly file: string } | { readonly location: string }

/** No bundle decides of other names in the root than those that follow from the id of a model, and these. */
const EXTENSION = /\.(gguf|ggml|safetensors|bin|pt|pth|ckpt|onnx|tflite|h5|npz|npy|llamafile)$/iu

/** INVALID_INPUT for a model that cannot stay where it is, because it shares a file with another one. */
export function placeOf(bundle: Bundle, model: BundleModel, target: BundleTarget): ModelPlace {
  switch (target.kind) {
    case 'root':
      return { file: fileNameOf(model) }
    case 'directory':
      return { location: join(target.path, ...fileNameOf(model).split('/')) }
    case 'in-place':
      return { location: findLocation(bundle, model) }
  }
}

function fileNameOf({ id, isDirectory, files }: BundleModel): string {
  if (isDirectory) return id
  const [, extension = 'bin'] = EXTENSION.exec(files[0]?.stored ?? '') ?? []
  return `${id}.${extension.toLowerCase()}`
}

function findLocation(bundle: Bundle, { id, isDirectory, files }: BundleModel): string {
  const [first] = files
  if (first === undefined) throw new TypeError('a model of a bundle has at least one file')
  if (!isDirectory) return pathInBundle(bundle, first)
  const { path = '', stored } = first
  const directory = stored.endsWith(`/${path}`) ? stored.slice(0, -path.length - 1) : dirname(stored)
  const isTogether = files.every((file) => file.stored === `${directory}/${file.path}`)
  if (isTogether) return join(bundle.directory, ...directory.split('/'))
  const problem = `cannot be true for ${id}: the bundle has its files in several directories, because it shares some`
  throw createInvalidInput([{ field: 'inPlace', problem }])
}

/** Whether an entry already says that its files are at the place, or may be left where it has them in the root. */
export function isAtPlace(entry: ModelEntry, place: ModelPlace): boolean {
  return 'file' in place ? entry.location === undefined : entry.location === place.location
}

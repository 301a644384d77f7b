import type { EntryContent, FileReference, ModelFile } from '@catalog/types'

/**
 * Extensions that model files have. Only these count as one: the last part of `Llama-3.1-8B-Instruct` or
 * `v0.3` is not an extension, and neither is `html` of a page that describes the model.
 */
const MODEL_FILE_EXTENSIONS: ReadonlySet<string> = new Set([
  ...['gguf', 'ggml', 'llamafile', 'safetensors', 'bin', 'pt', 'pth', 'ckpt', 'pkl', 'nemo'],
  ...['onnx', 'ort', 'tflite', 'litertlm', 'task', 'pb', 'h5', 'hdf5', 'keras', 'msgpack', 'npy', 'npz'],
  ...['mlmodel', 'engine', 'plan', 'trt', 'mar', 'pte', 'joblib', 'zip', 'tar', 'tgz', 'gz', 'zst', 'xz'],
])

/** Whether a file is a model's by its extension. */
export function hasModelExtension(file: string): boolean {
  // Stryker disable next-line ArrayDeclaration: the first of what matched is not used.
  const [, extension] = /\.([a-z0-9]+)$/u.exec(file.toLowerCase()) ?? []
  // Stryker disable next-line ConditionalExpression: only the types need this: no set has undefined.
  return extension !== undefined && MODEL_FILE_EXTENSIONS.has(extension)
}

const DEFAULT_EXTENSION = 'gguf'

/**
 * Where an entry's model file is, or the directory of its files: in place, at the path it names, or at the name made
 * from id and source.
 */
export function fileReferenceOf(entry: EntryContent): FileReference {
  const { location, linksInto: into } = entry
  if (location !== undefined)
    return into === undefined ? { location } : { location, links: { into, within: location } }
  return { file: entry.file ?? (entry.files === undefined ? defaultFileName(entry) : entry.id) }
}

/** One file of a model, and where it is. */
export interface ReferencedFile {
  /** Its path in the manifest; absent in a model of one file. */
  readonly part?: ModelFile
  readonly reference: FileReference
}

/** Entries are frozen: what follows from one alone is made once, and given out as the same objects. */
const references = new WeakMap<EntryContent, readonly ReferencedFile[]>()

/** Where each of a model's files is: one, or those of its manifest in its order. */
export function fileReferencesOf(entry: EntryContent): readonly ReferencedFile[] {
  const known = references.get(entry)
  // Stryker disable next-line ConditionalExpression: saves time: the same is made again.
  if (known !== undefined) return known
  const reference = fileReferenceOf(entry)
  const found =
    entry.files === undefined
      ? [{ reference }]
      : entry.files.map((part) => ({ part, reference: toBelow(reference, part.path) }))
  references.set(entry, found)
  return found
}

/** A path below that of a reference. */
export function toBelow(directory: FileReference, path: string): FileReference {
  return 'file' in directory
    ? { file: `${directory.file}/${path}` }
    : { ...directory, location: `${directory.location.replace(/[\\/]+$/u, '')}/${path}` }
}

/** `<id>.<extension>` with the model-file extension of the source, else `<id>.gguf`. */
export function defaultFileName({ id, source }: Pick<EntryContent, 'id' | 'source'>): string {
  return `${id}.${findExtension(source) ?? DEFAULT_EXTENSION}`
}

/**
 * The name by which the first look judges a model's one file. One that the catalog made up for a source without an
 * extension promises weights, but no format.
 */
export function statedNameOf(entry: EntryContent): string {
  const reference = fileReferenceOf(entry)
  if ('location' in reference) return reference.location
  const isMadeUp = entry.file === undefined && findExtension(entry.source) === undefined
  return isMadeUp ? `${entry.id}.bin` : reference.file
}

function findExtension(source: string): string | undefined {
  // Stryker disable next-line StringLiteral: what stands before the path has no extension.
  const named = source.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*/u, '')
  // Stryker disable next-line Regex: `.` means all that follows.
  const path = named.replace(/[?#].*$/su, '')
  // Stryker disable next-line StringLiteral: only the types need this: a split string has a last part.
  const segment = path.split(/[\\/]/u).at(-1) ?? ''
  // Stryker disable next-line ArrayDeclaration: the first of what matched is not used.
  const [, extension, last] = /\.((?:tar\.)?([a-z0-9]+))$/u.exec(segment.toLowerCase()) ?? []
  // Stryker disable next-line ConditionalExpression: only the types need this: no set has undefined.
  return last !== undefined && MODEL_FILE_EXTENSIONS.has(last) ? extension : undefined
}

import type { FileReference } from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { collectingNameOf, parseLeftover } from '../../ownership/partial-name.ts'
import { setNameOf } from '../../ownership/set-name.ts'

/** A file that an entry names, as far as its neighbours are concerned. */
interface NamedPath {
  readonly path: string
  /** The path in the manifest, of a file of many. */
  readonly part?: { readonly path: string } | undefined
}

/** Of a directory in which an entry names files. */
interface Place {
  /** Sets of which an entry names a file. */
  readonly sets: Set<string>
  /** Names of files that an entry names, also without their extensions and a dot. */
  readonly names: Set<string>
}

// What belongs to the model beside it by any name, as runtimes look for it.
const COMPANION = /(?:^|[-_.])mmproj(?:[-_.]|$)/iu

/**
 * What belongs to a model although no entry names it: the other files of its set, what a running download keeps beside its
 * partial file, all that is below the directory of a multi-file model or that in which its files are collected, all that is in a directory of its own with a model's
 * file, and in the root what has the name of the model's file and more.
 */
export class Neighbours {
  readonly #files: CatalogContext['files']
  readonly #places: Map<string, Place> = new Map()
  readonly #directories: Set<string> = new Set()

  constructor({ files }: Pick<CatalogContext, 'files'>) {
    this.#files = files
  }

  add({ path, part }: NamedPath): void {
    const file = this.#fileOf(path)
    if (file === undefined) return
    const [directory, name] = split(file)
    const place = this.#places.get(directory) ?? { sets: new Set(), names: new Set() }
    this.#places.set(directory, place)
    const set = setNameOf(name)
    // Stryker disable next-line ConditionalExpression: only the types need this: no set is undefined.
    if (set !== undefined) place.sets.add(set)
    place.names.add(name).add(name.replace(/\.[^.]*$/u, '.'))
    if (part !== undefined && file.endsWith(`/${part.path}`)) {
      const own = file.slice(0, -part.path.length - 1)
      this.#directories.add(own).add(collectingNameOf(own))
    }
  }

  /** Whether a file below the root, `/` between segments, belongs to a model that names others. */
  has(file: string): boolean {
    const [directory, name] = split(file)
    if (directoriesAbove(file).some((each) => this.#directories.has(each))) return true
    const place = this.#places.get(directory)
    if (place === undefined) return false
    if (directory !== '') return true
    // Stryker disable next-line StringLiteral: no set has a name that is nothing.
    if (place.sets.has(setNameOf(name) ?? '')) return true
    return COMPANION.test(name) || hasBeginning(place.names, name)
  }

  #fileOf(path: string): string | undefined {
    const reference: FileReference = this.#files.referenceTo(path)
    return 'file' in reference ? reference.file : undefined
  }
}

/** Whether a file is what a program keeps beside a partial file while it downloads, as `m.gguf.partial.aria2`. */
export function isControlFile(file: string, isPartial: (partial: string) => boolean): boolean {
  const end = file.lastIndexOf('.partial.')
  // Stryker disable next-line ConditionalExpression,EqualityOperator: no partial file has a name that short.
  if (end < 0) return false
  const partial = file.slice(0, end + '.partial'.length)
  return parseLeftover(partial) !== undefined && isPartial(partial)
}

function split(file: string): readonly [directory: string, name: string] {
  const at = file.lastIndexOf('/')
  const directory = file.slice(0, Math.max(at, 0))
  // Stryker disable next-line MethodExpression: names count only in the root, where they are the whole path.
  return [directory, file.slice(at + 1)]
}

function directoriesAbove(file: string): readonly string[] {
  return [...file.matchAll(/\//gu)].map(({ index }) => file.slice(0, index))
}

/** Whether one of the names is followed by more, which is not part of its last word: `m.onnx_data` of `m.onnx`. */
function hasBeginning(names: ReadonlySet<string>, name: string): boolean {
  for (let end = 1; end < name.length; end += 1) {
    const begin = name.slice(0, end)
    if (names.has(begin) && (begin.endsWith('.') || !/[a-z0-9]/iu.test(name.charAt(end)))) return true
  }
  return false
}

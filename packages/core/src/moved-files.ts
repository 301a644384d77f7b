import { type Fingerprint, type FoundFile, findFilePathProblem } from '@catalog/types'
import { inodeOf } from './fingerprints.ts'
import type { NamedFile } from './survey.ts'

/** A model whose files are all found elsewhere below the root. */
export interface MovedModel {
  /** The file, or the directory, that the entry is to refer to. */
  readonly to: string
  readonly found: readonly FoundFile[]
}

/** The files that no entry names, by what remains of a file when it gets another name. */
export class OrphanIndex {
  readonly #byInode: Map<string, FoundFile> = new Map()
  readonly #byCopy: Map<string, FoundFile> = new Map()

  constructor(orphans: readonly FoundFile[]) {
    for (const orphan of orphans) {
      if (findFilePathProblem(orphan.file) !== undefined) continue
      this.#byInode.set(inodeOf(orphan.fingerprint), orphan)
      this.#byCopy.set(copyKeyOf(orphan.fingerprint), orphan)
    }
  }

  /** Where a model's files are now; undefined where one of them is in its place, or found nowhere. */
  findMoved(files: readonly NamedFile[]): MovedModel | undefined {
    const found: FoundFile[] = []
    let to: string | undefined
    for (const file of files) {
      const orphan = file.sight.kind === 'missing' ? this.#find(file.known) : undefined
      const target = orphan === undefined ? undefined : toTarget(orphan.file, file.part?.path)
      if (orphan === undefined || target === undefined || (to !== undefined && to !== target))
        return undefined
      to = target
      found.push(orphan)
    }
    return to === undefined ? undefined : { to, found }
  }

  /** The same file; or one of the same size and time, as a move to another disk and back leaves it. */
  #find(known: Fingerprint | undefined): FoundFile | undefined {
    if (known === undefined) return undefined
    return this.#byInode.get(inodeOf(known)) ?? this.#byCopy.get(copyKeyOf(known))
  }
}

function copyKeyOf({ sizeBytes, mtimeNs }: Fingerprint): string {
  return `${sizeBytes} ${mtimeNs}`
}

/** What the entry would refer to: of a multi-file model the directory, in which each file keeps its path. */
function toTarget(file: string, part: string | undefined): string | undefined {
  if (part === undefined) return file
  return file.endsWith(`/${part}`) ? file.slice(0, -part.length - 1) : undefined
}

import { type Fingerprint, type FoundFile, findFilePathProblem } from '@catalog/types'
import { inodeOf } from '../../evidence/fingerprints.ts'
import type { NamedFile, Survey } from './survey.ts'

/** A model whose files are all found elsewhere below the root. */
export interface MovedModel {
  /** The file, or the directory, that the entry is to refer to. */
  readonly to: string
  readonly found: readonly FoundFile[]
}

/** The files that no entry names, by what remains of a file when it gets another name. */
export class StrayIndex {
  readonly #byInode: Map<string, FoundFile> = new Map()
  readonly #byCopy: Map<string, FoundFile> = new Map()

  constructor(strays: readonly FoundFile[]) {
    for (const stray of strays) {
      if (findFilePathProblem(stray.file) !== undefined) continue
      this.#byInode.set(fileKeyOf(stray.fingerprint), stray)
      this.#byCopy.set(copyKeyOf(stray.fingerprint), stray)
    }
  }

  /** Where a model's files are now; undefined where one of them is in its place, or found nowhere. */
  findMoved(files: readonly NamedFile[]): MovedModel | undefined {
    const found: FoundFile[] = []
    let to: string | undefined
    for (const file of files) {
      const stray = file.sight.kind === 'missing' ? this.#find(file.known) : undefined
      if (stray === undefined) return undefined
      const target = toTarget(stray.file, file.part?.path)
      if (target === undefined || (to !== undefined && to !== target)) return undefined
      to = target
      found.push(stray)
    }
    return to === undefined ? undefined : { to, found }
  }

  /** The same file; or one of the same size and time, as a move to another disk and back leaves it. */
  #find(known: Fingerprint | undefined): FoundFile | undefined {
    if (known === undefined) return undefined
    return this.#byInode.get(fileKeyOf(known)) ?? this.#byCopy.get(copyKeyOf(known))
  }
}

/** Whether a file is one that a verified model lost: it was moved, and nothing else has its bytes. */
export function createLossCheck({ named }: Survey): (found: FoundFile) => boolean {
  const lost = [...named.values()].flat().flatMap(({ sight, known, entry }) => {
    const isLost = sight.kind === 'missing' && known !== undefined && entry.state !== 'Failed'
    // Stryker disable next-line ArrayDeclaration: no file has such a key.
    return isLost ? [fileKeyOf(known), copyKeyOf(known)] : []
  })
  const keys = new Set(lost)
  return ({ fingerprint }) => keys.has(fileKeyOf(fingerprint)) || keys.has(copyKeyOf(fingerprint))
}

/** With the size, because the number of a removed file is soon that of another. */
function fileKeyOf(fingerprint: Fingerprint): string {
  return `${inodeOf(fingerprint)} ${fingerprint.sizeBytes}`
}

function copyKeyOf({ sizeBytes, mtimeNs }: Fingerprint): string {
  return `${sizeBytes} ${mtimeNs}`
}

/** What the entry would refer to: of a multi-file model the directory, in which each file keeps its path. */
function toTarget(file: string, part: string | undefined): string | undefined {
  if (part === undefined) return file
  return file.endsWith(`/${part}`) ? file.slice(0, -part.length - 1) : undefined
}

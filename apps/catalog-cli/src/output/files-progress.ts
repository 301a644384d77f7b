/** Room `output`: what is printed, and progress. */

import type { Output } from './output.ts'
import { createOverallProgress, type FileReading, type OverallProgress } from './overall-progress.ts'
import { createProgress, type Progress } from './progress.ts'

/** Shows how the files of a command are read, several at the same time. Call `clear` once, also after an error. */
export interface FilesProgress {
  /** The progress of one file, by its place among all of them, from 0. */
  begin(index: number, label: string): Progress
  /** Runs what prints something, with nothing drawn meanwhile. */
  aside(print: () => void): void
  clear(): void
}

export interface FilesOptions {
  /** What is counted: `model`. */
  readonly noun: string
  /** The sizes of all of them in bytes; undefined if one is not known. */
  readonly sizes: readonly (number | undefined)[]
}

/** On a terminal, of several files: one line for all and a bar for each that is read. Else each as if it were read alone. */
export function createFilesProgress(output: Output, { noun, sizes }: FilesOptions): FilesProgress {
  if (output.canRedraw && sizes.length > 1) {
    return new ReadingFiles(createOverallProgress(output, { label: noun, noun }), sizes)
  }
  const begin = (index: number, label: string): Progress =>
    createProgress(output, sizes.length === 1 ? label : `[${index + 1}/${sizes.length}] ${label}`)
  return { begin, aside: (print) => print(), clear() {} }
}

class ReadingFiles implements FilesProgress {
  readonly #progress: OverallProgress
  readonly #sizes: (number | undefined)[]
  readonly #reading = new Map<number, FileReading>()
  #doneFiles = 0
  #doneBytes = 0

  constructor(progress: OverallProgress, sizes: readonly (number | undefined)[]) {
    this.#progress = progress
    this.#sizes = [...sizes]
  }

  begin(index: number, label: string): Progress {
    let isOver = false
    const end = (isRead: boolean): void => {
      if (isOver) return
      isOver = true
      this.#end(index, isRead)
    }
    return {
      update: (bytes) => {
        this.#reading.set(index, { id: String(index), label, ...bytes })
        // What is read is what counts: a file may have grown since it was looked at.
        this.#sizes[index] = bytes.totalBytes ?? this.#sizes[index]
        this.#update()
      },
      finish: () => end(true),
      clear: () => end(false),
    }
  }

  aside(print: () => void): void {
    this.#progress.aside(print)
  }

  clear(): void {
    this.#progress.clear()
  }

  /** What could not be read to its end counts as done: nothing more comes of it. */
  #end(index: number, isRead: boolean): void {
    const read = this.#reading.get(index)?.doneBytes ?? 0
    this.#reading.delete(index)
    const bytes = isRead ? read : (this.#sizes[index] ?? read)
    if (isRead) this.#sizes[index] = bytes
    this.#doneFiles += 1
    this.#doneBytes += bytes
    this.#update()
  }

  #update(): void {
    const reading = [...this.#reading.values()]
    this.#progress.update({
      doneFiles: this.#doneFiles,
      totalFiles: this.#sizes.length,
      doneBytes: reading.reduce((sum, { doneBytes }) => sum + doneBytes, this.#doneBytes),
      totalBytes: sum(this.#sizes),
      reading,
    })
  }
}

function sum(sizes: readonly (number | undefined)[]): number | undefined {
  let total = 0
  for (const size of sizes) {
    if (size === undefined) return undefined
    total += size
  }
  return total
}

import type { DigestProgress } from '@catalog/types'

const REPORT_MS = 100

/** Adds up the progress of files that are read at the same time, and reports about ten times a second. */
export class ProgressSum {
  readonly #totalBytes: number
  readonly #report: (progress: DigestProgress) => void
  #doneBytes = 0
  #reportedAt = performance.now()

  constructor(totalBytes: number, report: (progress: DigestProgress) => void = () => undefined) {
    this.#totalBytes = totalBytes
    this.#report = report
  }

  start(): void {
    if (this.#totalBytes > 0) this.#report({ doneBytes: 0, totalBytes: this.#totalBytes })
  }

  /** The progress callback of one of the files. */
  ofFile(): (progress: DigestProgress) => void {
    let before = 0
    return ({ doneBytes }) => {
      this.#add(doneBytes - before)
      before = doneBytes
    }
  }

  finish(): void {
    this.#report({ doneBytes: this.#totalBytes, totalBytes: this.#totalBytes })
  }

  #add(bytes: number): void {
    if (bytes === 0) return
    // A file that grew since it was measured must not lead beyond the total.
    this.#doneBytes = Math.min(this.#doneBytes + bytes, this.#totalBytes)
    if (performance.now() - this.#reportedAt < REPORT_MS || this.#doneBytes === this.#totalBytes) return
    this.#reportedAt = performance.now()
    this.#report({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes })
  }
}

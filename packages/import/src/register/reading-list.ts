import type { ImportProgress, ReadingModel } from './import-report.ts'

/** The models that are read, and how far each has come. */
export class ReadingList {
  readonly #onProgress: ((progress: ImportProgress) => void) | undefined
  readonly #totals: { readonly totalModels: number; readonly totalBytes: number }
  readonly #reading = new Map<string, ReadingModel>()
  #doneModels = 0
  #doneBytes = 0

  constructor(
    totals: { readonly totalModels: number; readonly totalBytes: number },
    onProgress: ((progress: ImportProgress) => void) | undefined,
  ) {
    this.#totals = totals
    this.#onProgress = onProgress
  }

  /** One model was read so far. */
  advance(model: ReadingModel): void {
    this.#reading.set(model.id, model)
    this.#report()
  }

  /** One model is done, right or wrong; its bytes count as read. */
  finish(id: string, totalBytes: number): void {
    this.#reading.delete(id)
    this.#doneModels += 1
    this.#doneBytes += totalBytes
    this.#report()
  }

  #report(): void {
    const reading = [...this.#reading.values()]
    const doneBytes = reading.reduce((sum, model) => sum + model.doneBytes, this.#doneBytes)
    this.#onProgress?.({ ...this.#totals, doneModels: this.#doneModels, doneBytes, reading })
  }
}

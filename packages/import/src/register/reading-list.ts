import type { ImportProgress, ReadingModel } from './import-report.ts'
import type { Registered } from './register-candidate.ts'

/** The models that are read, and how far each has come. */
export class ReadingList {
  readonly #onProgress: ((progress: ImportProgress) => void) | undefined
  readonly #totalModels: number
  readonly #totalBytes: number
  readonly #reading = new Map<string, ReadingModel>()
  #doneModels = 0
  #doneBytes = 0

  constructor(models: readonly Registered[], onProgress: ((progress: ImportProgress) => void) | undefined) {
    this.#totalModels = models.length
    this.#totalBytes = models.reduce((sum, { candidate }) => sum + candidate.sizeBytes, 0)
    this.#onProgress = onProgress
  }

  /** One model was read so far. */
  advance(model: ReadingModel): void {
    this.#reading.set(model.id, model)
    this.#report()
  }

  /** One model is done, right or wrong; its bytes count as read. */
  finish({ id, candidate }: Registered): void {
    this.#reading.delete(id)
    this.#doneModels += 1
    this.#doneBytes += candidate.sizeBytes
    this.#report()
  }

  #report(): void {
    const reading = [...this.#reading.values()]
    this.#onProgress?.({
      doneModels: this.#doneModels,
      totalModels: this.#totalModels,
      doneBytes: reading.reduce((sum, { doneBytes }) => sum + doneBytes, this.#doneBytes),
      totalBytes: this.#totalBytes,
      reading,
    })
  }
}

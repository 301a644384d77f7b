import type { HistorySize } from '@catalog/types'
import type { MeteredCatalog, MeteredStats } from './metered-catalog.ts'

/** What a look at all entries, and at the names and sizes of all files, found. */
export interface SurveyReading {
  readonly stats: MeteredStats
  readonly history: HistorySize
  /** When it was made, in milliseconds since 1970. */
  readonly at: number
}

/**
 * Numbers that take a look at every entry and every file name: made at most once in `maxAgeMs`. Only the first scrape waits for
 * them; a later one shows what is there, and has it made anew behind its back.
 */
export class Survey {
  readonly #catalog: MeteredCatalog
  readonly #maxAgeMs: number
  #last: SurveyReading | undefined
  #pending: Promise<void> | undefined

  constructor(catalog: MeteredCatalog, maxAgeMs: number) {
    this.#catalog = catalog
    this.#maxAgeMs = maxAgeMs
  }

  /** Undefined if the last one failed, as with a disk that is away. Never rejects. */
  async read(): Promise<SurveyReading | undefined> {
    const last = this.#last
    if (last !== undefined && Date.now() - last.at < this.#maxAgeMs) return last
    const made = this.#make()
    if (last === undefined || this.#maxAgeMs === 0) await made
    return this.#last
  }

  #make(): Promise<void> {
    this.#pending ??= this.#tryToMake().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #tryToMake(): Promise<void> {
    const { upkeep, history } = this.#catalog
    try {
      const [stats, size] = await Promise.all([upkeep.stats(), history.size()])
      this.#last = { stats, history: size, at: Date.now() }
    } catch {
      // `catalog_survey_up` tells it.
      this.#last = undefined
    }
  }
}

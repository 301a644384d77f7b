/** How far back the rate looks: long enough to be calm, short enough to notice the end of the page cache. */
const WINDOW_MS = 5000

/** Bytes a second over the last few seconds. Times are passed in, in milliseconds of any one clock. */
export class TransferRate {
  readonly #samples: { readonly atMs: number; readonly doneBytes: number }[] = []

  /** Notes how many bytes are done by now, and says how fast that is; 0 while there is only one sample. */
  add(doneBytes: number, atMs: number): number {
    this.#samples.push({ atMs, doneBytes })
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? atMs) <= atMs - WINDOW_MS) {
      this.#samples.shift()
    }
    const [first] = this.#samples
    if (first === undefined || atMs <= first.atMs) return 0
    return ((doneBytes - first.doneBytes) / (atMs - first.atMs)) * 1000
  }
}

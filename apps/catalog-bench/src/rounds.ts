import { median, type Spread, spreadOf } from './figure.ts'

/** What competes: each call gives one sample, a number that is worth comparing with that of the others. */
export type Contenders<Name extends string> = Readonly<Record<Name, () => Promise<number>>>

/** The samples of each contender, one a round. */
export class Samples<Name extends string> {
  readonly #byName: Readonly<Record<Name, readonly number[]>>

  constructor(byName: Readonly<Record<Name, readonly number[]>>) {
    this.#byName = byName
  }

  median(name: Name): number {
    return median(this.#byName[name])
  }

  /** Of the ratios within one round: this machine may be busier in one than in the next. */
  ratio(name: Name, other: Name): Spread {
    const others = this.#byName[other]
    return spreadOf(this.#byName[name].map((value, round) => value / (others[round] ?? Number.NaN)))
  }
}

/**
 * Runs the contenders in turn, round after round, each round beginning with another one. A first round is thrown
 * away: in it code is compiled and files come into the cache.
 */
export async function measureInRounds<Name extends string>(
  rounds: number,
  contenders: Contenders<Name>,
): Promise<Samples<Name>> {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const sample = await contenders[name]()
      if (round > 0) samples[name].push(sample)
    }
  }
  return new Samples(samples)
}

/** Keeps what is measured beside the samples, of all but the first call: {@link measureInRounds} throws that away. */
export class Aside {
  readonly #values: number[] = []
  #calls = 0

  push(value: number): void {
    this.#calls += 1
    if (this.#calls > 1) this.#values.push(value)
  }

  median(): number {
    return median(this.#values)
  }
}

/** The milliseconds that the work takes. */
export async function timeMs(work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

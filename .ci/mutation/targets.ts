/** A package whose tests are tried by `pnpm test:mutation`. */
export interface Target {
  readonly source: string
  /** Of the source: the folders that are mutated. */
  readonly rooms: readonly string[]
  /** The least score, in per cent. */
  readonly wanted: number
}

export const TARGETS: Readonly<Record<string, Target>> = {
  core: {
    source: 'packages/core/src',
    rooms: [
      'evidence',
      'lease',
      'ownership',
      'upkeep',
      'entry',
      'verify',
      'download',
      'fleet',
      'change',
      'serve',
      'query',
      'settings',
      'context',
      '.',
    ],
    wanted: 88,
  },
  // Of the journal: its bytes, its files, what commits to it, and what reads and prunes it.
  'store-fs': {
    source: 'packages/store-fs/src',
    rooms: ['format', 'segment', 'journal', 'history'],
    wanted: 80,
  },
}

/** The entry that all registrars update. */
export const SHARED_ID = 'shared'
/** A registrar updates it after every so many registrations. */
export const UPDATE_EVERY = 25
const TWIN_EVERY = 10

/** The id that is registered in one commit with `PREFIX-n`; for most there is none. */
export function twinOf(prefix: string, n: number): string | undefined {
  return n % TWIN_EVERY === 0 ? `${prefix}-${n}.twin` : undefined
}

/** Pairs of ids of which a whole state has both or neither. */
export function twinsIn(ids: ReadonlySet<string>): {
  readonly whole: number
  readonly halves: readonly string[]
} {
  let whole = 0
  const halves: string[] = []
  for (const id of ids) {
    const [, prefix = '', number = ''] = /^(.+)-(\d+)(?:\.twin)?$/u.exec(id) ?? []
    const twin = twinOf(prefix, Number(number))
    if (number === '' || twin === undefined) continue
    if (ids.has(twin) && ids.has(`${prefix}-${number}`)) whole += 1
    else halves.push(id)
  }
  return { whole: whole / 2, halves }
}

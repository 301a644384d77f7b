// Prints what Stryker wrote: https://github.com/stryker-mutator/mutation-testing-elements has the form.
import type { Target } from './targets.ts'

interface Mutant {
  readonly mutatorName: string
  readonly replacement?: string
  readonly status: string
  readonly location: { readonly start: Position; readonly end: Position }
}

interface Position {
  readonly line: number
  readonly column: number
}

export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>
}

const KILLED = 'Killed'
const TIMEOUT = 'Timeout'
const SURVIVED = 'Survived'
const NOT_COVERED = 'NoCoverage'
const IGNORED = 'Ignored'
const COLUMNS = [KILLED, TIMEOUT, SURVIVED, NOT_COVERED, IGNORED]

/** Prints the survivors, and the score of each room. */
export function printReport(
  { source, wanted }: Target,
  { files }: MutationReport,
  rooms: readonly string[],
): { readonly score: number } {
  const perRoom = new Map<string, Mutant[]>()
  for (const [file, { source: text, mutants }] of Object.entries(files)) {
    const room = file.slice(source.length + 1).replace(/\/?[^/]*$/, '') || '.'
    if (rooms.length > 0 && !rooms.some((chosen) => room.startsWith(chosen))) continue
    perRoom.set(room, [...(perRoom.get(room) ?? []), ...mutants])
    for (const mutant of mutants) if (isSurvivor(mutant)) console.log(describe(file, text, mutant))
  }
  console.log(row(source, ['mutants', ...COLUMNS, 'score']))
  for (const [room, mutants] of [...perRoom].sort(([a], [b]) => a.localeCompare(b))) printRow(room, mutants)
  const all = [...perRoom.values()].flat()
  printRow(`all (wanted ${wanted} %)`, all)
  return { score: scoreOf(all) }
}

function isSurvivor({ status }: Mutant): boolean {
  return status === SURVIVED || status === NOT_COVERED
}

function describe(
  file: string,
  text: string,
  { mutatorName, replacement, location, status }: Mutant,
): string {
  const { start, end } = location
  const lines = text.split('\n').slice(start.line - 1, end.line)
  const before = (lines[0] ?? '').slice(0, start.column - 1)
  const after = (lines.at(-1) ?? '').slice(end.column - 1)
  const where = `${file}:${start.line}:${start.column}`
  const not = status === NOT_COVERED ? ', no test reaches it' : ''
  return `${where} ${mutatorName}${not}\n- ${lines.join('\n- ')}\n+ ${before}${replacement}${after}`
}

function printRow(name: string, mutants: readonly Mutant[]): void {
  const counts = COLUMNS.map((status) => String(count(mutants, status)))
  console.log(row(name, [String(mutants.length), ...counts, `${scoreOf(mutants).toFixed(1)} %`]))
}

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(24) + cells.map((cell) => cell.padStart(11)).join('')
}

function scoreOf(mutants: readonly Mutant[]): number {
  const caught = count(mutants, KILLED) + count(mutants, TIMEOUT)
  const tried = caught + count(mutants, SURVIVED) + count(mutants, NOT_COVERED)
  return tried === 0 ? 100 : (100 * caught) / tried
}

function count(mutants: readonly Mutant[], wanted: string): number {
  return mutants.filter(({ status }) => status === wanted).length
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, platform, release } from 'node:os'
import { dirname } from 'node:path'
import { type Figure, isReached, type Skipped, type Target } from './figure.ts'

const COLUMNS = ['name', 'ours', 'the other', 'ratio (lowest to highest)', 'target', 'reached']

/** The figures as a table for people. */
export function formatTable(results: readonly (Figure | Skipped)[]): string {
  const rows = [COLUMNS, ...results.map(toCells)]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '))
  const notes = results.flatMap((result) =>
    'note' in result && result.note !== undefined ? [`${result.name}: ${result.note}`] : [],
  )
  return [...lines, '', ...notes].map((line) => line.trimEnd()).join('\n')
}

/** The same for programs, with the machine it was measured on. */
export function writeJson(path: string, settings: object, results: readonly (Figure | Skipped)[]): void {
  const machine = {
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus().at(0)?.model,
    processors: availableParallelism(),
  }
  const figures = results.map((result) =>
    'skipped' in result ? result : { ...result, reached: isReached(result) },
  )
  mkdirSync(dirname(path), { recursive: true })
  const document = { at: new Date().toISOString(), ...settings, machine, figures }
  writeFileSync(path, `${JSON.stringify(document, undefined, 2)}\n`)
}

function toCells(result: Figure | Skipped): string[] {
  if ('skipped' in result) return [result.name, `SKIPPED: ${result.skipped}`]
  const { name, unit, ours, other, ratio, target } = result
  return [
    name,
    `${formatNumber(ours)} ${unit}`,
    other === undefined ? '' : `${formatNumber(other.value)} ${unit}  ${other.name}`,
    ratio === undefined
      ? ''
      : `${formatNumber(ratio.median)} (${formatNumber(ratio.lowest)} to ${formatNumber(ratio.highest)})`,
    target === undefined ? '' : formatTarget(target, unit),
    { true: 'yes', false: 'NO', undefined: '' }[String(isReached(result)) as 'true'] ?? '',
  ]
}

function formatTarget({ is, value, of }: Target, unit: string): string {
  return `${is === 'at least' ? '≥' : '≤'} ${value}${of === 'ours' ? ` ${unit}` : ''}`
}

function formatNumber(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

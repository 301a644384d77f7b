import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { checksumOf, extendPrefix } from '../../src/format/checksum.ts'
import { formatLine, parseLine } from '../../src/format/record.ts'
import type { Random } from '../simulation/random.ts'
import { spoilJson } from './absurd-json.ts'

/** The bytes of one of the store's own files, with right checksums, saying what they should not. */
export function spoilFile(path: string, bytes: Buffer, random: Random): Buffer {
  if (random.chance(0.15)) return spoilBytes(bytes, random)
  const name = basename(path)
  if (name.startsWith('journal')) return spoilJournal(bytes, random)
  if (name.startsWith('snapshot')) return spoilSnapshot(bytes, random)
  if (name === 'view') return Buffer.from(spoilLine(bytes.toString().trimEnd(), random))
  if (name.endsWith('.json')) return spoilView(bytes, random)
  return Buffer.from(random.pick(['', '1', '1\n1', '2', '3\n', '\u0000', '{}', '1'.repeat(100)]))
}

/** Without their checksums. */
function spoilBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1)
  const end = Math.min(bytes.length, at + 1 + random.below(200))
  const way = random.below(5)
  if (way === 0) return bytes.subarray(0, at)
  if (way === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
  if (way === 2) return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
  const spoiled = Buffer.from(bytes)
  if (at < bytes.length)
    spoiled[at] = way === 3 ? (spoiled[at] ?? 0) ^ (1 << random.below(8)) : random.below(256)
  return spoiled
}

function spoilJournal(bytes: Buffer, random: Random): Buffer {
  const lines = bytes.toString('utf8').split('\n')
  const records = lines.flatMap((line, place) => (isRecord(line) ? [place] : []))
  if (records.length === 0) return spoilBytes(bytes, random)
  const index = random.pick(records)
  const spoiled = [...lines]
  if (random.chance(0.1)) moveLine(spoiled, index, random)
  else spoiled[index] = spoilLine(lines[index] ?? '', random).trimEnd()
  const isChained = random.chance(0.6)
  return Buffer.from((isChained ? chainAgain(lines, spoiled) : spoiled).join('\n'))
}

function moveLine(lines: string[], index: number, random: Random): void {
  const [line = ''] = lines.splice(index, random.below(2))
  lines.splice(random.below(lines.length), 0, line)
}

function spoilLine(line: string, random: Random): string {
  const json = parseText(line)
  if (random.chance(0.05)) return `${checksumOf(random.pick(['{', '', '[', '"', '{"a":1}x']))} {`
  const text = JSON.stringify(spoilJson(json, random)) ?? 'null'
  return formatLine(random.chance(0.05) ? text.replace('{', '{"id":"b","after":[0,""],') : text)
}

function parseText(line: string): unknown {
  return parseLine(Buffer.from(line))
}

/** Later records build on what is there now, as if their writers had known nothing else. */
function chainAgain(lines: readonly string[], spoiled: readonly string[]): string[] {
  let before = '0'.repeat(32)
  let now = before
  const renamed = new Map<string, string>()
  const result: string[] = []
  for (const [index, line] of spoiled.entries()) {
    const text = line.replace(
      /"(after|synced)":\[(\d+),"([0-9a-f]{32})"\]/gu,
      (all, field, number, prefix) =>
        renamed.has(prefix) ? `"${field}":[${number},"${renamed.get(prefix)}"]` : all,
    )
    const written = text === line ? line : `${checksumOf(text.slice(33))} ${text.slice(33)}`
    const original = lines[index] ?? ''
    if (isRecord(original)) before = extendPrefix(before, Buffer.from(original))
    if (isRecord(written)) now = extendPrefix(now, Buffer.from(written))
    renamed.set(before, now)
    result.push(written)
  }
  return result
}

function isRecord(line: string): boolean {
  return line.length > 33 && line.startsWith(checksumOf(line.slice(33)))
}

function spoilSnapshot(bytes: Buffer, random: Random): Buffer {
  const [first = '', ...lines] = bytes.toString('utf8').trimEnd().split('\n')
  const header = (parseText(first) ?? {}) as Record<string, unknown>
  const isOfHeader = lines.length === 0 || random.chance(0.4)
  const index = random.below(Math.max(1, lines.length))
  if (!isOfHeader && random.chance(0.2)) moveLine(lines, index, random)
  else if (!isOfHeader)
    lines[index] = JSON.stringify(spoilJson(JSON.parse(lines[index] ?? '0'), random)) ?? ''
  const body = lines.map((line) => `${line}\n`).join('')
  const sha256 = createHash('sha256').update(body).digest('hex')
  const right = { ...header, bytes: Buffer.byteLength(body), sha256 }
  const json = isOfHeader ? spoilJson(right, random) : right
  return Buffer.from(formatLine(JSON.stringify(json) ?? 'null') + body)
}

function spoilView(bytes: Buffer, random: Random): Buffer {
  const { checksum: _, revision, ...rest } = JSON.parse(bytes.toString('utf8'))
  const spoiled = spoilJson(random.chance(0.8) ? { ...rest } : { revision, ...rest }, random)
  const text = JSON.stringify(spoiled) ?? ''
  if (random.chance(0.4) || !text.startsWith('{')) return Buffer.from(text)
  const body = text.slice(1)
  const checksum = createHash('sha256').update(body).digest('hex').slice(0, 32)
  const shown = random.pick([revision ?? 3, 0, 10 ** 15, '9'.repeat(16)])
  return Buffer.from(`{\n  "revision": ${shown},\n  "checksum": "${checksum}",\n${body}`)
}

import { readFile, writeFile } from 'node:fs/promises'
import { extendPrefix, FIRST_PREFIX } from '../src/format/checksum.ts'
import { type ChainPoint, formatLine, type JournalRecord, parseLine } from '../src/format/record.ts'

/** The lines of a journal that are records, with the bytes where each begins and ends. */
export async function readRecords(
  path: string,
): Promise<readonly { record: JournalRecord; start: number; end: number }[]> {
  const bytes = await readFile(path)
  const found: { record: JournalRecord; start: number; end: number }[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start)
    if (end === -1) break
    const record = parseLine(bytes.subarray(start, end)) as JournalRecord | undefined
    if (record !== undefined) found.push({ record, start, end })
    start = end + 1
  }
  return found
}

/** Overwrites bytes of a file with zeros, as a page is that never reached the disk. */
export async function zero(path: string, start: number, end: number): Promise<void> {
  const bytes = await readFile(path)
  await writeFile(path, bytes.fill(0, start, end))
}

/** Zeros the record with this number, counted from 1 in the file, its line feed left. */
export async function zeroRecord(path: string, number: number): Promise<void> {
  const place = (await readRecords(path))[number - 1]
  if (place === undefined) throw new Error(`${path} has no record ${number}`)
  await zero(path, place.start, place.end)
}

/** Writes the journal again with other records, each with the right checksum. */
export async function rewriteRecords(
  path: string,
  change: (record: JournalRecord, index: number) => JournalRecord,
): Promise<void> {
  const records = await readRecords(path)
  const lines = records.map(({ record }, index) => formatLine(JSON.stringify(change(record, index))))
  await writeFile(path, lines.map((line) => `\n${line}`).join(''))
}

/** Writes the first journal anew with other records, each right behind the one before it. */
export async function rechainRecords(
  path: string,
  change: (records: readonly JournalRecord[]) => readonly JournalRecord[],
): Promise<void> {
  let head: ChainPoint = [0, FIRST_PREFIX]
  const records = (await readRecords(path)).map(({ record }) => record)
  const lines = change(records).map((record) => {
    const line = formatLine(JSON.stringify({ ...record, after: head, synced: head }))
    head = [head[0] + 1, record.mended ?? extendPrefix(head[1], Buffer.from(line.slice(0, -1)))]
    return line
  })
  await writeFile(path, lines.join(''))
}

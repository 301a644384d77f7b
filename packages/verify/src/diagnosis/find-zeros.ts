import { withFileErrors } from '@catalog/system-calls'
import { readFileAt } from '../file/read-at.ts'
import type { RegularFile } from '../file/regular-file.ts'
import type { Diagnosis } from './diagnosis.ts'
import { type ZeroRun, ZeroRuns } from './zero-runs.ts'

/** How much of the head and of the tail of a file is looked through, and of all of it at a time. */
const END_BYTES = 1024 * 1024

/** `ends`: the first and the last MiB; `whole`: all of the file. */
export type ScanRange = 'ends' | 'whole'

interface Scan {
  readonly file: RegularFile
  readonly path: string
  readonly range: ScanRange
  readonly signal: AbortSignal
}

/** The run of zeros at the end of a file, else the longest that was seen. */
export async function findZeros(scan: Scan): Promise<Diagnosis | undefined> {
  const { file, range } = scan
  if (range === 'whole' || file.sizeBytes <= 2 * END_BYTES) return toFinding(await scanAll(scan), file)
  return await scanEnds(scan)
}

/** Whether a file has bytes, and all of them are zeros. The first that is not ends the reading. */
export async function isAllZeros({ file, path, signal }: Omit<Scan, 'range'>): Promise<boolean> {
  const { handle, sizeBytes } = file
  for (let offset = 0; offset < sizeBytes; offset += END_BYTES) {
    signal.throwIfAborted()
    const bytes = await readFileAt(handle, { path, offset, length: Math.min(END_BYTES, sizeBytes - offset) })
    if (bytes.some((byte) => byte !== 0)) return false
  }
  return sizeBytes > 0
}

async function scanAll({ file, path, signal }: Scan): Promise<ZeroRun | undefined> {
  const { handle, sizeBytes } = file
  const runs = new ZeroRuns(0)
  const buffer = new Uint8Array(END_BYTES)
  for (let offset = 0; offset < sizeBytes; ) {
    signal.throwIfAborted()
    const position = offset
    const read = () => handle.read(buffer, 0, Math.min(buffer.length, sizeBytes - position), position)
    const { bytesRead } = await withFileErrors('read', path, read)
    if (bytesRead === 0) break
    runs.add(buffer.subarray(0, bytesRead))
    offset += bytesRead
  }
  return runs.ending() ?? runs.longest()
}

/** A run that reaches the inner edge of an end may go on in bytes that were not read. */
async function scanEnds({ file, path }: Scan): Promise<Diagnosis | undefined> {
  const { handle, sizeBytes } = file
  const tailOffset = sizeBytes - END_BYTES
  const head = new ZeroRuns(0)
  const tail = new ZeroRuns(tailOffset)
  head.add(await readFileAt(handle, { path, offset: 0, length: END_BYTES }))
  tail.add(await readFileAt(handle, { path, offset: tailOffset, length: END_BYTES }))
  const [first, second] = [head.longest(), tail.longest()]
  const isFirst = (first?.lengthBytes ?? 0) >= (second?.lengthBytes ?? 0)
  const run = tail.ending() ?? (isFirst ? first : second)
  const isCut = run !== undefined && (run.offset === tailOffset || run.offset + run.lengthBytes === END_BYTES)
  return toFinding(run, file, !isCut)
}

function toFinding(
  run: ZeroRun | undefined,
  { sizeBytes }: RegularFile,
  isExact = true,
): Diagnosis | undefined {
  if (run === undefined) return undefined
  return { kind: 'zeros', ...run, isAtEnd: run.offset + run.lengthBytes === sizeBytes, isExact }
}

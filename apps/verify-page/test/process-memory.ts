import { readdirSync, readFileSync } from 'node:fs'

/** The most memory that a process and each of those below it have had at a time, in bytes. */
export function listPeaks(processId: number): readonly number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .flatMap(readStatus)
  const below = new Set([processId])
  for (let before = 0; before < below.size; ) {
    before = below.size
    for (const { id, parentId } of all) if (below.has(parentId)) below.add(id)
  }
  return all.filter(({ id }) => below.has(id)).map(({ peakBytes }) => peakBytes)
}

interface Status {
  readonly id: number
  readonly parentId: number
  readonly peakBytes: number
}

function readStatus(name: string): readonly Status[] {
  const status = readProcess(name)
  const find = (field: string): number =>
    Number(new RegExp(`^${field}:\\s*(\\d+)`, 'mu').exec(status)?.[1] ?? 0)
  return status === '' ? [] : [{ id: Number(name), parentId: find('PPid'), peakBytes: find('VmHWM') * 1024 }]
}

/** Empty if the process has just ended. */
function readProcess(name: string): string {
  try {
    return readFileSync(`/proc/${name}/status`, 'utf8')
  } catch {
    return ''
  }
}

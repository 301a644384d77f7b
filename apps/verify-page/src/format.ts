const MEGABYTE = 1_000_000
const GIGABYTE = 1000 * MEGABYTE
const MINUTE = 60

/** Bytes as people read them: `0.4 MB`, `500 MB`, `12.3 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= GIGABYTE) return `${(bytes / GIGABYTE).toFixed(1)} GB`
  return `${(bytes / MEGABYTE).toFixed(bytes < MEGABYTE ? 1 : 0)} MB`
}

/** How far a reading is: `312 MB of 500 MB, 184 MB/s, 1 s left`. */
export function formatProgress(doneBytes: number, totalBytes: number, seconds: number): string {
  const read = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`
  if (doneBytes === 0 || seconds <= 0) return read
  const rate = doneBytes / seconds
  return `${read}, ${formatBytes(rate)}/s, ${formatSeconds((totalBytes - doneBytes) / rate)} left`
}

function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < MINUTE ? `${whole} s` : `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`
}

/** Bytes that a program wrote to its terminal, and when. */
export interface TimedOutput {
  /** Since the output before. */
  readonly delayMs: number
  readonly text: string
}

/** What `script --log-out --log-timing` of util-linux wrote: a line with seconds and bytes for each output. */
export function parseTimedOutput(timing: string, log: Buffer): readonly TimedOutput[] {
  // The first line of the log tells when it began.
  let offset = log.indexOf('\n') + 1
  const outputs: TimedOutput[] = []
  for (const line of timing.split('\n')) {
    const [seconds = '', count = ''] = line.split(' ')
    if (count === '') continue
    const end = offset + Number(count)
    outputs.push({ delayMs: Number(seconds) * 1000, text: log.subarray(offset, end).toString() })
    offset = end
  }
  return outputs
}

import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { bundleProgram, lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { useTemporaryRoot } from './temporary-root.ts'

describe.skipIf(lacks('strace'))('what the kernel is asked to do', () => {
  const root = useTemporaryRoot()

  /**
   * Every call that matters, in order, with the paths of descriptors instead of their numbers. Paths begin at `/catalog`:
   * strace escapes what is not ASCII in the directories above.
   */
  async function traceWriter(): Promise<readonly string[]> {
    const { node, path } = await bundleProgram(new URL('./system-calls-writer.ts', import.meta.url))
    const trace = root.at('trace')
    const calls = 'trace=openat,write,fsync,fdatasync,link,linkat'
    execFileSync('strace', ['-f', '-y', '-e', calls, '-o', trace, node, path, root.at('catalog')])
    return (await readFile(trace, 'utf8'))
      .split('\n')
      .map((line) => line.replace(/\([0-9]+</u, '(<').replaceAll(/(?<=[<"])\/[^<>"]*(?=\/catalog\/)/gu, ''))
  }

  it('is to sync, in the order of the protocol, and to append to files that are not links', async () => {
    const calls = await traceWriter()
    const directory = '/catalog/.catalog'
    const journal = `${directory}/journal-000001.jsonl`
    const snapshot = `${directory}/snapshot-000001.jsonl`
    const steps = [
      `fdatasync(<${journal}>`,
      `fsync(<${directory}>`,
      `fdatasync(<${directory}/snapshot-`,
      `"${snapshot}"`,
      `fsync(<${directory}>`,
      `write(<${journal}>, "\\n`,
      `fdatasync(<${journal}>`,
      '"acknowledged\\n"',
    ]
    let from = 0
    for (const step of steps) {
      const found = calls.findIndex((call, index) => index >= from && call.includes(step))
      expect(found, step).toBeGreaterThan(-1)
      from = found + 1
    }
    const opened = calls.filter((call) => call.includes(`"${journal}"`) && call.includes('O_RDWR'))
    expect(opened.length).toBeGreaterThan(0)
    for (const call of opened) expect(call).toMatch(/O_APPEND.*O_NOFOLLOW|O_NOFOLLOW.*O_APPEND/u)
  })
})

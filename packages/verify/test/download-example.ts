import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { bundleText } from './bundle.ts'
import { serveModel } from './model-server.ts'
import { startProgramThread } from './program-thread.ts'
import { createBytes, createWorkspace } from './workspace.ts'

export interface BrokenDownload {
  readonly sizeBytes: number
  /** Where the first connection breaks. */
  readonly breakAt: number
  /** Where the second one has to begin. */
  readonly resumesFrom: RegExp
}

function readExample(heading: string): string {
  const page = readFileSync(new URL('../../../docs/verification.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf(`## ${heading}\n`))
  return /```ts\n(.*?)```/su.exec(section)?.[1] ?? expect.unreachable(`${heading} has no example`)
}

/** Runs the example of "Hash while downloading": over a broken connection, a good one, and for another digest. */
export async function runDownloadExample({ sizeBytes, breakAt, resumesFrom }: BrokenDownload): Promise<void> {
  const directory = createWorkspace()
  const model = createBytes(sizeBytes)
  const digest = createHash('sha256').update(model).digest('hex')
  const program = await bundleText(directory, readExample('Hash while downloading'), { format: 'esm' })
  const path = join(directory, 'model.gguf')
  const run = startProgramThread()
  const download = (url: string, expected: string) => run(program, [url, path, expected])

  await expect(download(await serveModel(model, { breakAt }), digest)).rejects.toThrow('terminated')
  const output = await download(await serveModel(model), digest)
  const start = `${digest} ${sizeBytes} from byte `
  expect(output.slice(0, start.length)).toBe(start)
  expect(output.slice(start.length)).toMatch(resumesFrom)
  expect(readFileSync(path).equals(model)).toBe(true)
  expect(readdirSync(directory).filter((name) => name.startsWith('model'))).toEqual(['model.gguf'])

  await expect(download(await serveModel(model), '0'.repeat(64))).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  })
  expect(readdirSync(directory).filter((name) => name.includes('checkpoint'))).toEqual([])
}

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { bundleProgram } from './bundle.ts'
import { serveModel } from './model-server.ts'
import { createWorkspace } from './workspace.ts'

const MIB = 1024 * 1024

function readExample(heading: string): string {
  const page = readFileSync(new URL('../../../docs/verification.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf(`## ${heading}\n`))
  return /```ts\n(.*?)```/su.exec(section)?.[1] ?? expect.unreachable(`${heading} has no example`)
}

it('the example of "Hash while downloading" runs, goes on after a broken connection, and cleans up', async () => {
  const directory = createWorkspace()
  const model = Buffer.alloc(80 * MIB, 'model ')
  const digest = createHash('sha256').update(model).digest('hex')
  const program = await bundleProgram(directory, readExample('Hash while downloading'), { format: 'esm' })
  const path = join(directory, 'model.gguf')
  const download = (url: string, expected: string) =>
    promisify(execFile)(process.execPath, [program, url, path, expected], { encoding: 'utf8' })

  await expect(download(await serveModel(model, { breakAt: 75 * MIB }), digest)).rejects.toThrow('terminated')
  const { stdout } = await download(await serveModel(model), digest)
  expect(stdout).toMatch(new RegExp(`^${digest} ${model.length} from byte [67]\\d{7}\\n$`, 'u'))
  expect(readFileSync(path).equals(model)).toBe(true)
  expect(readdirSync(directory).filter((name) => name.startsWith('model'))).toEqual(['model.gguf'])

  await expect(download(await serveModel(model), '0'.repeat(64))).rejects.toThrow('DIGEST_MISMATCH')
  expect(readdirSync(directory).filter((name) => name.includes('checkpoint'))).toEqual([])
})

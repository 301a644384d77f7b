import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { expect, it } from 'vitest'
import { bundleText } from './bundle.ts'
import { createWorkspace } from './workspace.ts'

const BYTES = new Uint8Array(300_000).fill(7)
const DIGEST = createHash('sha256').update(BYTES).digest('hex')

const PROGRAM = `
import { digestContent, findListedDigest, isCatalogError, parseManifest, verifyContent } from '@catalog/verify'
globalThis.run = async (bytes, digest) => {
  const fromBlob = await digestContent(new Blob([bytes]))
  const fromResponse = await verifyContent(new Response(bytes), digest)
  const fromStream = await verifyContent(new Blob([bytes]).stream(), digest)
  const code = await verifyContent(new Blob(['other']), digest).catch((error) => isCatalogError(error) && error.code)
  const list = new TextEncoder().encode(digest + '  model.gguf\\n')
  const listed = findListedDigest(parseManifest(list), 'model.gguf')
  return [fromBlob.digest, fromResponse.sizeBytes, fromStream.sizeBytes, code, listed]
}
`

/** What every browser has, and nothing of Node. Bytes of the one realm are to be those of the other. */
const WEB = [
  ...['AbortController', 'Blob', 'Headers', 'MessageChannel', 'ReadableStream', 'Response', 'TextDecoder'],
  ...['TextEncoder', 'URL', 'Uint8Array', 'atob', 'btoa', 'crypto', 'performance'],
]

it('bundled for browsers, it needs nothing of Node, and digests what a page has', async () => {
  const directory = createWorkspace()
  const path = await bundleText(directory, PROGRAM, { format: 'iife', platform: 'browser' })
  const text = readFileSync(path, 'utf8')
  expect(text).not.toMatch(/node:|\brequire\(/u)
  const browser: Record<string, unknown> = {}
  for (const name of WEB) browser[name] = Reflect.get(globalThis, name)
  runInContext(text, createContext(browser))
  const run = browser['run'] as (bytes: Uint8Array, digest: string) => Promise<unknown>
  expect(await run(BYTES, DIGEST)).toEqual([
    ...[DIGEST, BYTES.length, BYTES.length, 'DIGEST_MISMATCH'],
    DIGEST,
  ])
})

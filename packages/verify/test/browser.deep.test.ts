import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium, lacks } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { bundleText } from './bundle.ts'
import { runInPage } from './chromium.ts'
import { createWorkspace } from './workspace.ts'

const BYTES = new Uint8Array(3_000_000).fill(7)
const DIGEST = createHash('sha256').update(BYTES).digest('hex')

const PROGRAM = `
import { createSha256, digestContent, isCatalogError, verifyContent } from '@catalog/verify'

const codeOf = (error) => (isCatalogError(error) ? error.code : String(error))

async function run() {
  const digest = '${DIGEST}'
  const fetchModel = () => fetch('/model')
  const blob = await (await fetchModel()).blob()
  const found = []
  for (const content of [blob, await fetchModel(), (await fetchModel()).body, new File([blob], 'model.gguf')]) {
    const { sizeBytes } = await verifyContent(content, digest)
    found.push(sizeBytes)
  }
  const wrong = new Blob(['other'])
  for (const content of [wrong, new Response('other'), wrong.stream()])
    found.push(await verifyContent(content, digest).catch(codeOf))
  found.push(await digestContent(await fetch('/missing')).catch(codeOf))
  const controller = new AbortController()
  const onProgress = () => controller.abort('not wanted')
  found.push(await digestContent(blob, { signal: controller.signal, onProgress }).catch(codeOf))
  const sha256 = await createSha256()
  sha256.update(new Uint8Array(await blob.arrayBuffer()))
  found.push(sha256.digest() === digest)
  return found
}

run()
  .catch((error) => 'failed: ' + (error.stack ?? error))
  .then((found) => fetch('/result', { method: 'POST', body: JSON.stringify(found) }))
`

it.skipIf(lacks('chromium'))('in a browser, it digests a Blob, a Response, a stream and a File', async () => {
  const directory = createWorkspace()
  const options = { format: 'iife', platform: 'browser' } as const
  const program = readFileSync(await bundleText(directory, PROGRAM, options), 'utf8')
  const browser = findChromium() ?? expect.unreachable('the browser is gone')
  const found = await runInPage(browser, program, { '/model': BYTES }, join(directory, 'profile'))
  const { length } = BYTES
  expect(found).toEqual([
    ...[length, length, length, length],
    ...['DIGEST_MISMATCH', 'DIGEST_MISMATCH', 'DIGEST_MISMATCH'],
    'INVALID_INPUT',
    'not wanted',
    true,
  ])
})

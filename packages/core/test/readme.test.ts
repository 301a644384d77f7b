import { readFile } from 'node:fs/promises'
import { FakeFiles, openMemoryStore, sampleDigest } from '@catalog/testkit'
import { expect, it, vi } from 'vitest'
import { takeIn } from './readme-example.ts'

it('shows the example that runs', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const example = await readFile(new URL('readme-example.ts', import.meta.url), 'utf8')
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
  expect(blocks).toEqual([example])
})

it('shows an example that does what it says', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const files = new FakeFiles()
  files.put('/models/llama.gguf', sampleDigest(1))
  const store = await openMemoryStore()
  const { volumes } = files
  const clock = { now: () => new Date() }
  const ports = { store, files, volumes, verifier: files, clock, node: 'node-1' }
  expect(await takeIn(ports, '/models/llama.gguf')).toBe('/models/llama.gguf')
  expect(log).toHaveBeenCalledWith(`llama-3.1-8b-instruct ${sampleDigest(1)}`)
  log.mockRestore()
})

import { FakeFiles, openMemoryStore, sampleDigest } from '@catalog/testkit'
import { expect, it, vi } from 'vitest'
import { takeIn } from './readme-example.ts'

it('the example of the README does what it says', async () => {
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

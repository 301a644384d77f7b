import { FakeFiles, fixedClock, openMemoryStore } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { type CatalogPorts, createContext, isOwnNode } from './catalog-ports.ts'

async function portsOf(node: string): Promise<CatalogPorts> {
  const files = new FakeFiles()
  const store = await openMemoryStore()
  return { store, files, verifier: files, volumes: files.volumes, clock: fixedClock(), node }
}

it('a context has the settings that the program did not give', async () => {
  const ports = await portsOf('node-1')
  const { holder, formerNodes, policy, monotonicMs } = createContext(ports)
  expect(holder).toMatch(/^node-1\/[0-9a-f-]{36}$/u)
  expect(createContext(ports).holder).not.toBe(holder)
  expect([formerNodes, policy]).toEqual([[], {}])
  expect(monotonicMs()).toBeLessThanOrEqual(monotonicMs())
})

it('a machine is known by its label and by its former names', () => {
  const context = { node: 'node-1', formerNodes: ['old-1', 'old-2'] }
  const names = ['node-1', 'old-1', 'old-2', 'node-2']
  expect(names.map((name) => isOwnNode(context, name))).toEqual([true, true, true, false])
})

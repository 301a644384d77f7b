import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { useTemporaryDirectory } from '@catalog/testkit'
import { describe, expect, it, vi } from 'vitest'
import { createMetricsObserver, type MeteredCatalog, readMetrics } from '../src/index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

function blockOf(text: string, kind: string): string {
  return new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, 'su').exec(text)?.[1] ?? expect.unreachable(`no ${kind}`)
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('the README', () => {
  const directory = useTemporaryDirectory()

  it('has an example that prints what it says', async () => {
    const printed: string[] = []
    vi.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text))
    const path = (name: string): string => JSON.stringify(fileURLToPath(import.meta.resolve(name)))
    const source = blockOf(readme, 'ts')
      .replace(
        "'@catalog/metrics'",
        JSON.stringify(fileURLToPath(new URL('../src/index.ts', import.meta.url))),
      )
      .replace("'model-catalog'", path('model-catalog'))
      .replace("'prom-client'", path('prom-client'))
      .replace("'./models'", JSON.stringify(directory.path))
      .replaceAll('9464', String(await findFreePort()))
    const file = directory.at('example.ts')
    writeFileSync(file, source)
    await import(pathToFileURL(file).href)
    for (const line of blockOf(readme, 'text').trim().split('\n')) expect(printed.join('\n')).toContain(line)
  })

  it('lists every metric with its type and labels', async () => {
    const families = await readMetrics({} as MeteredCatalog, { observer: createMetricsObserver() })
    const rows = [...readme.matchAll(/^\| `(?<name>catalog_\w+)` +\| (?<type>\w+)/gmu)].map(
      ({ groups }) => groups,
    )
    expect(rows.map((row) => [row?.['name'], row?.['type']]).sort()).toEqual(
      families.map(({ name, type }) => [name, type]).sort(),
    )
  })
})

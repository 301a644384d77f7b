import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildA1111,
  buildComfyui,
  buildDockerModelRunner,
  buildJan,
  buildKitops,
  buildOci,
  buildOciRegistry,
  buildOllama,
  buildRamalama,
  type StoreBuilder,
  toExtraPaths,
} from '@catalog/testkit/layouts'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { type Scanned, scanWhole, temporaryStore } from './scanned.ts'

const STORES: readonly [name: string, build: (store: StoreBuilder) => void][] = [
  ['Ollama', buildOllama],
  ['Docker Model Runner', buildDockerModelRunner],
  ['an OCI image layout', buildOci],
  ['a registry', buildOciRegistry],
  ['KitOps', buildKitops],
  ['ramalama', buildRamalama],
  ['Jan', buildJan],
  ['A1111', buildA1111],
  [
    'ComfyUI',
    (store) => {
      buildComfyui(store)
      store.put('extra_model_paths.yaml', toExtraPaths('/mnt/models'))
    },
  ],
]

/** What takes the place of a file. */
const DAMAGES: readonly [name: string, damage: (path: string) => void][] = [
  ['gone', (path) => rmSync(path)],
  ['empty', (path) => writeFileSync(path, '')],
  ['cut', (path) => writeFileSync(path, readFileSync(path).subarray(0, 20))],
  ['null', (path) => writeFileSync(path, 'null')],
  ['not UTF-8', (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x7b]))],
  [
    'of other types',
    (path) => writeFileSync(path, '{"__proto__":[],"layers":[1],"manifests":"x","models":[[]]}'),
  ],
  ['nested deeply', (path) => writeFileSync(path, '{"layers":'.repeat(5000))],
]

/** Nothing that a store names may lead out of it. */
function expectBelow({ candidates }: Scanned, root: string): void {
  for (const { location, companions, files = [] } of candidates) {
    const paths = [
      location,
      ...companions.map(({ path }) => path),
      ...files.map(({ path }) => join(location, path)),
    ]
    for (const path of paths) expect(path.startsWith(`${root}/`)).toBe(true)
  }
}

function filesOf(root: string): readonly string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name))
  return paths.filter((path) => lstatSync(path).isFile())
}

describe.each(STORES)('a scan of the store of %s', (_, build) => {
  it.each(DAMAGES)('ends and changes nothing if any one file is %s', async (__, damage) => {
    const store = await built()
    const paths = filesOf(store.root)
    expect(paths.length).toBeGreaterThan(0)
    for (const path of paths) {
      const bytes = readFileSync(path)
      damage(path)
      expectBelow(await scanWhole(store.root), store.root)
      writeFileSync(path, bytes)
    }
  })

  it('ends if each file is a directory', async () => {
    const store = await built()
    for (const path of filesOf(store.root)) {
      rmSync(path)
      mkdirSync(path)
    }
    expect((await scanWhole(store.root)).candidates).toEqual([])
  })

  it.skipIf(lacks('posix'))('waits for no writer if each file is a FIFO', async () => {
    const store = await built()
    for (const path of filesOf(store.root)) {
      rmSync(path)
      execFileSync('mkfifo', [path])
    }
    expect((await scanWhole(store.root)).candidates).toEqual([])
  })

  async function built(): Promise<StoreBuilder> {
    const store = await temporaryStore('store')
    build(store)
    return store
  }
})

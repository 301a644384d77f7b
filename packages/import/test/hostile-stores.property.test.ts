import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SAMPLE_STORES } from '@catalog/testkit/layouts'
import { lacks, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { pathsBelow, type Scanned, scanAll, temporaryStore } from './scanned.ts'

const DEEP = '['.repeat(100_000)
/** More aliases than any file of a tool has. */
const BOMB = `a: &a [x,x]\n${[...'bcdefgh'].map((name, at) => `${name}: &${name} [*${'abcdefgh'[at]},*${'abcdefgh'[at]}]\n`).join('')}`

/** What takes the place of a file. */
const DAMAGES: readonly (readonly [name: string, damage: (path: string) => void])[] = [
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
  ['nested as deep as YAML goes', (path) => writeFileSync(path, `files: ${DEEP}`)],
  ['a bomb of aliases', (path) => writeFileSync(path, BOMB)],
  ['of 1 GB', (path) => truncateSync(path, 1e9)],
  ['a link that leads nowhere', (path) => exchange(path, 'nothing')],
  ['a link to itself', (path) => exchange(path, basename(path))],
  ['a link out of the store', (path) => exchange(path, '/etc/hostname')],
  ['a link to the directory above', (path) => exchange(path, '..')],
]

function exchange(path: string, target: string): void {
  rmSync(path)
  symlinkSync(target, path)
}

/** Nothing that a store names may lead out of it. */
function expectBelow({ candidates }: Scanned, root: string): void {
  for (const { location, linksInto, companions, files = [] } of candidates) {
    const paths = [
      location,
      ...(linksInto === undefined ? [] : [linksInto]),
      ...companions.map(({ path }) => path),
      ...files.map(({ path }) => join(location, path)),
    ]
    for (const path of paths) expect(`${path}/`.startsWith(`${root}/`)).toBe(true)
  }
}

function filesOf(root: string): readonly string[] {
  return pathsBelow(root)
    .filter((path) => lstatSync(path).isFile())
    .sort()
}

async function built(layout: string): Promise<string> {
  const { root } = await temporaryStore('store')
  SAMPLE_STORES[layout]?.(root)
  return root
}

describe.each(Object.keys(SAMPLE_STORES))('a scan of the sample store %s', (layout) => {
  it('ends, changes nothing and stays inside, whatever any one file is', async () => {
    const root = await built(layout)
    const paths = filesOf(root)
    expect(paths.length).toBeGreaterThan(0)
    const rounds = Math.min(scaleRuns(2), DAMAGES.length)
    for (const [at, path] of paths.entries()) {
      const bytes = readFileSync(path)
      for (let round = 0; round < rounds; round += 1) {
        const [name = '', damage] = DAMAGES[(seedOfRun() + at + round) % DAMAGES.length] ?? []
        // The file may have another name, which stays as it is.
        rmSync(path, { force: true })
        writeFileSync(path, bytes)
        damage?.(path)
        try {
          expectBelow(await scanAll(root), root)
        } catch (error) {
          throw new Error(`${path} is ${name}`, { cause: error })
        }
      }
      rmSync(path, { force: true })
      writeFileSync(path, bytes)
    }
  })

  it('ends if each file is a directory', async () => {
    const root = await built(layout)
    for (const path of filesOf(root)) {
      rmSync(path)
      mkdirSync(path)
    }
    expect((await scanAll(root)).candidates).toEqual([])
  })
})

it.skipIf(lacks('posix'))('a scan waits for no writer if each file of a store is a FIFO', async () => {
  for (const layout of Object.keys(SAMPLE_STORES)) {
    const root = await built(layout)
    const paths = filesOf(root)
    for (const path of paths) rmSync(path)
    execFileSync('mkfifo', paths)
    expect((await scanAll(root)).candidates).toEqual([])
  }
})

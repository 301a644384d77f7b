import { mkdirSync } from 'node:fs'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { SAMPLE_STORES } from '@catalog/testkit/layouts'
import { createRandom, scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { scan } from '../src/index.ts'
import { pathsBelow } from './scanned.ts'

/** What happens to one path while the tree is scanned. A later change may go through a link: it leads to an empty directory. */
type Change = (path: string, spare: string, outside: string) => Promise<unknown>

const CHANGES: readonly Change[] = [
  (path) => rm(path, { recursive: true }),
  (path, spare) => rename(path, spare),
  async (path) => {
    await rm(path, { recursive: true })
    await mkdir(path)
  },
  async (path) => {
    await rm(path, { recursive: true })
    await writeFile(path, '{"layers": [')
  },
  async (path, _spare, outside) => {
    await rm(path, { recursive: true })
    await symlink(outside, path)
  },
  async (path) => {
    await rm(path, { recursive: true })
    await symlink(path, path)
  },
]

describe('scan of a tree that changes meanwhile', () => {
  const root = useTemporaryDirectory()

  function buildAll(): void {
    for (const [name, build] of Object.entries(SAMPLE_STORES)) build(root.at('tree', name))
    mkdirSync(root.at('outside'))
  }

  it.each(Array.from({ length: scaleRuns(20) }, (_, run) => seedOfRun() * 1000 + run))(
    'ends without an error (seed %i)',
    async (seed) => {
      buildAll()
      const random = createRandom(seed)
      const paths = pathsBelow(root.at('tree'))
      const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
      const changes: Promise<unknown>[] = []
      const changeOne = (): void => {
        const path = pick(paths)
        const spare = root.at(`spare-${changes.length}`)
        if (path === undefined) return
        // What a change before took away fails.
        const change = pick(CHANGES)?.(path, spare, root.at('outside')).catch(() => undefined)
        changes.push(change ?? Promise.resolve())
      }
      let items = 0
      changeOne()
      for await (const item of scan(root.at('tree'))) {
        items += Number(item.kind === 'candidate')
        for (let count = 0; count < 3; count += 1) changeOne()
      }
      await Promise.all(changes)
      expect(items).toBeGreaterThan(0)
    },
  )
})

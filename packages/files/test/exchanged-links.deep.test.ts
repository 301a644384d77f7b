import { linkSync, mkdirSync, openSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { useTemporaryDirectory } from '@catalog/testkit'
import { isCatalogError } from '@catalog/types'
import { expect, it } from 'vitest'
import { createModelDirectory } from '../src/model-directory.ts'

const root = useTemporaryDirectory()
const EXCHANGES = 200

/** Exchanges a directory and a link again and again, until it is told to stop; counts the exchanges. */
const EXCHANGER = `
  const { renameSync, rmSync } = require('node:fs')
  const { directory, link, shared } = require('node:worker_threads').workerData
  // A directory may have been made in the place that was empty for a moment.
  const put = (from, to) => {
    for (;;) {
      try { return renameSync(from, to) } catch {}
      try { rmSync(to, { recursive: true, force: true }) } catch {}
    }
  }
  while (Atomics.load(shared, 1) === 0) {
    renameSync(directory, directory + '.away')
    put(link, directory)
    Atomics.add(shared, 0, 1)
    renameSync(directory, link)
    put(directory + '.away', directory)
  }
`

/**
 * While `d` and a link to a directory outside are exchanged, files in `d` are removed, moved and replaced, and directories
 * are made in it. The file outside is another name of the one inside, so that only where it is tells them apart.
 */
it.runIf(process.platform === 'linux')(
  'an exchanged link leads no change out of the root',
  { timeout: 120_000 },
  async () => {
    for (const directory of ['models/d', 'outside']) mkdirSync(root.at(directory), { recursive: true })
    const directory = root.at('models/d')
    const inside = `/proc/self/fd/${openSync(directory, 'r')}`
    symlinkSync(root.at('outside'), root.at('models/link'))
    writeFileSync(root.at('outside/victim'), 'VICTIM')
    const shared = new Int32Array(new SharedArrayBuffer(8))
    const workerData = { directory, link: root.at('models/link'), shared }
    const worker = new Worker(EXCHANGER, { eval: true, execArgv: [], workerData })
    const ended = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
    const files = createModelDirectory(root.at('models'))
    const path = `${directory}/victim`
    const counts = { done: 0, refused: 0 }
    const only = ['victim']
    for (let n = 0; Atomics.load(shared, 0) < EXCHANGES || n < 5 * EXCHANGES; n += 1) {
      for (const file of ['victim', 'kept']) rmSync(`${inside}/${file}`, { force: true })
      for (const file of ['keep', 'moved']) rmSync(root.at(`models/${file}`), { force: true })
      linkSync(root.at('outside/victim'), `${inside}/victim`)
      writeFileSync(root.at('models/keep'), 'KEEP')
      const expected = (await files.lookAt(root.at('outside/victim')))?.fingerprint
      if (expected === undefined) break
      const changes = [
        () => files.removeFile(path, expected),
        () => files.moveFile(path, root.at('models/moved')),
        () => files.moveFile(root.at('models/keep'), `${directory}/kept`),
        () =>
          files.replaceByCopy(path, root.at('models/keep'), {
            expected,
            method: 'hard-link',
            aside: `${path}.aside`,
            prepared: `${path}.prepared`,
          }),
        () => files.makeParent(`${directory}/made-${n}/x`),
        () => files.moveDirectory(root.at('models/whole'), `${directory}/whole-${n}`, []),
        () => files.removeDirectory(`${directory}/whole-${n - 1}`),
      ]
      mkdirSync(root.at('models/whole'), { recursive: true })
      const change = changes[n % changes.length]
      try {
        await change?.()
        counts.done += 1
      } catch (error) {
        if (!isCatalogError(error)) throw error
        counts.refused += 1
      }
      const left = readdirSync(root.at('outside'))
      if (left.length !== only.length) break
    }
    Atomics.store(shared, 1, 1)
    await ended
    const left = readdirSync(root.at('outside'))
    const seen = `${Atomics.load(shared, 0)} exchanges, ${counts.done} changes, ${counts.refused} refused`
    process.stdout.write(`${seen}, ${left.length - only.length} files outside\n`)
    expect(left).toEqual(only)
    expect(Math.min(counts.done, counts.refused)).toBeGreaterThan(0)
  },
)

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { useTemporaryRoot } from './temporary-root.ts'

const FILES = [
  'catalog.json',
  '.catalog/format',
  '.catalog/snapshot-000001.jsonl',
  '.catalog/journal-000001.jsonl',
  '.catalog',
]
const KINDS: Readonly<Record<string, (path: string, aside: string) => Promise<unknown> | undefined>> = {
  'symbolic link': (path, aside) => symlink(aside, path),
  directory: (path) => mkdir(path),
  fifo: async (path) => execFileSync('mkfifo', [path]),
  socket: async (path, aside) => {
    // A socket can only be created at a short path. Once renamed, it stays after the server has closed.
    const name = join(dirname(aside), 's')
    const server = createServer().listen(name)
    await once(server, 'listening')
    await rename(name, path)
    await once(server.close(), 'close')
  },
}

describe.skipIf(lacks('posix'))('what stands in place of an own file', () => {
  const root = useTemporaryRoot()

  for (const file of FILES) {
    for (const [kind, plant] of Object.entries(KINDS)) {
      if (file === '.catalog' && kind === 'directory') continue
      it.each([false, true])(`is refused at once: a ${kind} as ${file}, read-only %s`, async (readOnly) => {
        await (await root.open()).close()
        const path = root.at(...file.split('/'))
        await rename(path, root.at('aside'))
        await plant(path, root.at('aside'))
        // A store that only reads a journal never looks at the view.
        const isIgnored = readOnly && file === 'catalog.json'
        const opening = root.open({ readOnly })
        if (isIgnored) await expect(opening).resolves.toBeDefined()
        else
          await expect(opening).rejects.toMatchObject({
            code: 'NOT_A_REGULAR_FILE',
            details: { path, kind },
          })
        await opening.then((store) => store.close()).catch(() => undefined)
        await rm(path, { recursive: true })
      })
    }
  }

  it('is refused also as the only catalog.json that there is', async () => {
    await symlink('/dev/zero', root.at('catalog.json'))
    const refused = { code: 'NOT_A_REGULAR_FILE', details: { kind: 'symbolic link' } }
    await expect(root.open()).rejects.toMatchObject(refused)
    await expect(root.open({ readOnly: true })).rejects.toMatchObject(refused)
  })
})

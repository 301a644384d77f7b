import { execFileSync } from 'node:child_process'
import { mkdir, rename, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
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
  socket: (path) =>
    new Promise((resolve) => {
      // The name stays only while somebody listens.
      const server = createServer().unref()
      server.listen(path, () => resolve(server))
    }),
}

describe.runIf(process.platform !== 'win32')('what stands in place of an own file', () => {
  const root = useTemporaryRoot()

  for (const file of FILES) {
    for (const [kind, plant] of Object.entries(KINDS)) {
      if (file === '.catalog' && kind === 'directory') continue
      it.each([false, true])(
        `is refused at once: a ${kind} as ${file}, read-only %s`,
        {
          timeout: 5000,
        },
        async (readOnly) => {
          await (await root.open()).close()
          const path = root.at(...file.split('/'))
          await rename(path, root.at('aside'))
          await plant(path, root.at('aside'))
          // Who only reads a journal never looks at the view.
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
        },
      )
    }
  }

  it('is refused also as the only catalog.json that there is', async () => {
    await symlink('/dev/zero', root.at('catalog.json'))
    const refused = { code: 'NOT_A_REGULAR_FILE', details: { kind: 'symbolic link' } }
    await expect(root.open()).rejects.toMatchObject(refused)
    await expect(root.open({ readOnly: true })).rejects.toMatchObject(refused)
  })
})

import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { idsOf, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('a root', () => {
  const root = useTemporaryRoot()

  it('is made with its missing parents', async () => {
    const nested = root.at('a', 'b', 'c')
    const store = await root.open({ root: nested })
    await register(store, 'model')
    await store.close()
    expect(await idsOf(await root.open({ root: nested }))).toEqual(['model'])
  })

  it('may be a symbolic link to a directory', async () => {
    await mkdir(root.at('real'))
    await symlink(root.at('real'), root.at('link'))
    const store = await root.open({ root: root.at('link') })
    await register(store, 'model')
    await store.close()
    expect(await idsOf(await root.open({ root: root.at('real') }))).toEqual(['model'])
  })

  it('that is a file is IO', async () => {
    await writeFile(root.at('file'), '')
    await expect(root.open({ root: root.at('file') })).rejects.toMatchObject({ code: 'IO' })
  })

  it.skipIf(lacks('proc'))('where nothing can be made is IO, and does not hang', async () => {
    await expect(root.open({ root: '/proc/models' })).rejects.toMatchObject({
      code: 'IO',
      details: { errno: 'ENOENT' },
    })
  })

  it.each(['format', 'journal-000001.jsonl', 'snapshot-000001.jsonl'])(
    'does not follow a symbolic link in place of %s',
    async (name) => {
      const elsewhere = root.at('elsewhere')
      await (await root.open({ root: elsewhere })).close()
      await (await root.open({ root: root.at('planted') })).close()
      const own = root.at('planted', '.catalog', name)
      await rm(own)
      await symlink(join(elsewhere, '.catalog', name), own)
      await expect(root.open({ root: root.at('planted') })).rejects.toMatchObject({
        code: 'NOT_A_REGULAR_FILE',
        details: { path: own, kind: 'symbolic link' },
      })
    },
  )
})

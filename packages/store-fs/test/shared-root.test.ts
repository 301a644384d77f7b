import { chmod, chown, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { modeOfNewFile } from '../src/disk/inherited-access.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { startLimited } from './limited-process.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const [FIRST, SECOND, GROUP] = [6001, 6002, 5000]

describe.skipIf(lacks('posix'))('new files of the catalog', () => {
  const root = useTemporaryRoot()
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8)
  const modes = async (directory: string) => {
    const names = await readdir(directory, { withFileTypes: true })
    const files = names.filter((each) => each.isFile()).map(({ name }) => join(directory, name))
    return new Set(await Promise.all(files.map(modeOf)))
  }
  const registerWithUmask = async (umask: string, path = root.path) => {
    const writer = await startLimited(path, {})
    const outcomes = [await writer.step('umask', umask)]
    for (const [step, id] of [['open'], ['register', 'a'], ['close']] as const)
      outcomes.push(await writer.step(step, id))
    await writer.end()
    expect(outcomes).toEqual(['done', 'done', 'done', 'done'])
  }

  it.each([
    ['077', 0o2775, '2775', '664'],
    ['077', 0o750, '750', '640'],
    ['022', 0o750, '750', '640'],
    ['000', 0o755, '755', '644'],
    ['022', 0o700, '700', '600'],
    ['000', 0o711, '711', '600'],
  ])(
    'with umask %s in a directory of mode %i are for those who may use the directory',
    async (umask, mode, directory, file) => {
      await chmod(root.path, mode)
      await registerWithUmask(umask)
      expect(await modeOf(root.at('.catalog'))).toBe(directory)
      expect(await modes(root.at('.catalog'))).toEqual(new Set([file]))
      expect(await modes(root.path)).toEqual(new Set([file]))
    },
  )

  it('are as the umask says where all users may make files', async () => {
    await chmod(root.path, 0o1777)
    await registerWithUmask('077')
    expect(await modeOf(root.at('.catalog'))).toBe('700')
    expect(await modes(root.path)).toEqual(new Set(['600']))
  })

  it('are for no one whom a sticky directory keeps out', async () => {
    await chmod(root.path, 0o1750)
    await registerWithUmask('000')
    expect(await modeOf(root.at('.catalog'))).toBe('750')
    expect(await modes(root.at('.catalog'))).toEqual(new Set(['640']))
    expect(await modes(root.path)).toEqual(new Set(['640']))
  })

  it('have that mode before anything is written to them', async () => {
    await chmod(root.path, 0o700)
    expect(await modeOfNewFile(root.at('new'))).toBe(0o600)
    await chmod(root.path, 0o775)
    expect(await modeOfNewFile(root.at('new'))).toBe(0o664)
  })

  it('take the mode of the file that they replace', async () => {
    await registerWithUmask('022')
    await chmod(root.at('catalog.json'), 0o640)
    const store = await startLimited(root.path, {})
    for (const [step, id] of [['open'], ['register', 'b'], ['close']] as const) await store.step(step, id)
    await store.end()
    expect(await modeOf(root.at('catalog.json'))).toBe('640')
  })

  it('are in directories that take the mode of those they are made in', async () => {
    await chmod(root.path, 0o770)
    await registerWithUmask('077', root.at('a', 'b'))
    expect(await Promise.all([root.at('a'), root.at('a', 'b', '.catalog')].map(modeOf))).toEqual([
      '770',
      '770',
    ])
  })

  it('leave the mode of a file that was there, and of one with a second name', async () => {
    await chmod(root.path, 0o777)
    await writeFile(root.at('old'), 'old', { mode: 0o600 })
    const file = await nodeFileSystem.open(root.at('old'), 'create')
    await file.close()
    await nodeFileSystem.link(root.at('old'), root.at('second'))
    await nodeFileSystem.rename(root.at('second'), root.at('third'))
    expect(await modeOf(root.at('third'))).toBe('600')
  })

  it('are made by one of many that make the same', async () => {
    const files = await Promise.all(
      Array.from({ length: 8 }, () => nodeFileSystem.open(root.at('journal'), 'create')),
    )
    for (const file of files) await file.append(Buffer.from('x'))
    for (const file of files) await file.close()
    expect(await readdir(root.path)).toEqual(['journal'])
    expect((await stat(root.at('journal'))).size).toBe(8)
  })

  describe.skipIf(lacks('other-user'))('that two users of a group share', () => {
    const asUser = async (user: number, umask: string, id: string) => {
      const writer = await startLimited(root.path, { user, group: GROUP })
      const steps = [['umask', umask], ['open'], ['register', id], ['count'], ['close']] as const
      const outcomes: unknown[] = []
      for (const [step, argument] of steps) outcomes.push(await writer.step(step, argument))
      await writer.end()
      return outcomes
    }
    const right = (count: number) => ['done', 'done', 'done', count, 'done']

    it('can be used by both, whatever their umask', async () => {
      await chown(root.path, 0, GROUP)
      await chmod(root.path, 0o2775)
      expect(await asUser(SECOND, '077', 'a')).toEqual(right(1))
      expect(await asUser(FIRST, '002', 'b')).toEqual(right(2))
      expect(await asUser(SECOND, '077', 'c')).toEqual(right(3))
      expect(await asUser(FIRST, '077', 'd')).toEqual(right(4))
    })

    it('are for no other group if the maker cannot give them the group of the directory', async () => {
      await chown(root.path, FIRST, 0)
      await chmod(root.path, 0o750)
      expect(await asUser(FIRST, '000', 'a')).toEqual(right(1))
      expect((await stat(root.at('.catalog', 'journal-000001.jsonl'))).gid).toBe(GROUP)
      expect(await modes(root.at('.catalog'))).toEqual(new Set(['600']))
      expect(await modes(root.path)).toEqual(new Set(['600']))
    })

    it("belong to the directory's owner if root makes them", async () => {
      await chown(root.path, FIRST, GROUP)
      await registerWithUmask('077')
      const { uid, gid } = await stat(root.at('.catalog', 'journal-000001.jsonl'))
      expect([uid, gid]).toEqual([FIRST, GROUP])
      expect(await asUser(FIRST, '022', 'b')).toEqual(right(2))
    })
  })
})

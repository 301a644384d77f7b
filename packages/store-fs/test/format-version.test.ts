import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { verifyHistory } from '../src/history/verify-history.ts'
import { idsOf, register } from './commits.ts'
import { RecordingDisk } from './recording-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

/** The rule of version 1, word for word. */
function assertVersion1(text: string): void {
  if (text.trim() !== '1') throw new Error('UNSUPPORTED_FORMAT')
}

describe('a catalog of format 1', () => {
  const root = useTemporaryRoot()
  const format = () => root.at('.catalog', 'format')

  async function makeOld(): Promise<void> {
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    await writeFile(format(), '1\n')
  }

  it('is of format 2 once it was opened for writing, before its first record, and an older version refuses it', async () => {
    await makeOld()
    assertVersion1(await readFile(format(), 'utf8'))
    const store = await root.open()
    expect(await readFile(format(), 'utf8')).toBe('2\n')
    const left = await readFile(format(), 'utf8')
    expect(() => assertVersion1(left)).toThrow('UNSUPPORTED_FORMAT')
    expect(await idsOf(store)).toEqual(['a'])
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  })

  it('stays of format 1 for a store that only reads', async () => {
    await makeOld()
    const reader = await root.open({ readOnly: true })
    expect(await idsOf(reader)).toEqual(['a'])
    expect(await readFile(format(), 'utf8')).toBe('1\n')
  })

  it('is replaced in one step that outlives a power cut, and only once', async () => {
    await makeOld()
    const disk = new RecordingDisk()
    await (await root.open({ disk })).close()
    const again = new RecordingDisk()
    await (await root.open({ disk: again })).close()
    const ofFormat = (calls: RecordingDisk) => calls.writes.filter((call) => /format/u.test(call))
    expect(ofFormat(disk).map((call) => call.replace(/format-[^/]*/u, 'format.tmp'))).toEqual([
      `open ${root.at('.catalog', 'format.tmp')}`,
      `rename ${format()}`,
      `remove ${root.at('.catalog', 'format.tmp')}`,
    ])
    const renamed = disk.writes.indexOf(`rename ${format()}`)
    expect(disk.writes.slice(renamed)).toContain(`sync ${root.at('.catalog')}`)
    expect(disk.writes.slice(0, renamed).filter((call) => /journal|snapshot/u.test(call))).toEqual([])
    expect(ofFormat(again)).toEqual([])
    expect((await readdir(root.at('.catalog'))).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('that has lost the file is given it again', async () => {
    await makeOld()
    await rm(format())
    await (await root.open()).close()
    expect(await readFile(format(), 'utf8')).toBe('2\n')
  })
})

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { useTemporaryDirectory } from '@catalog/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLoggingDisk } from '../../test/logging-disk.ts'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { fileNamesIn } from '../format/file-names.ts'
import { assertFormat, ensureFormat } from './format-version.ts'

describe('the version of the format', () => {
  const root = useTemporaryDirectory()
  const names = () => fileNamesIn(root.path)
  const put = (text: string) => writeFile(root.at('.catalog', 'format'), text)
  beforeEach(() => mkdir(root.at('.catalog')))

  it('may be missing, the present one, or an earlier one', async () => {
    await assertFormat(nodeFileSystem, names())
    for (const text of ['2\n', '1\n', '2']) {
      await put(text)
      await assertFormat(nodeFileSystem, names())
    }
  })

  it.each(['3\n', '', '22\n', 'two\n'])('is UNSUPPORTED_FORMAT if it is %j', async (text) => {
    await put(text)
    await expect(assertFormat(nodeFileSystem, names())).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      details: {
        path: root.at('.catalog', 'format'),
        found: `format ${JSON.stringify(text.trim())}`,
        supported: 'format 2 or older',
      },
    })
  })

  it.each([undefined, '1\n'])('is written in one step where it was %j, and is durable', async (text) => {
    if (text !== undefined) await put(text)
    const disk = createLoggingDisk(() => root.path)
    await ensureFormat(disk, names(), 'w')
    expect(disk.calls).toEqual([
      ...['create-new .catalog/format-w.tmp', 'append .catalog/format-w.tmp', 'sync .catalog/format-w.tmp'],
      ...['rename .catalog/format', 'remove .catalog/format-w.tmp', 'sync .catalog'],
    ])
    expect(await readFile(root.at('.catalog', 'format'), 'latin1')).toBe('2\n')
    expect(await readdir(root.at('.catalog'))).toEqual(['format'])
  })

  it('that is the present one is left alone', async () => {
    await put('2\n')
    const disk = createLoggingDisk(() => root.path)
    await ensureFormat(disk, names(), 'w')
    expect(disk.calls).toEqual([])
  })
})

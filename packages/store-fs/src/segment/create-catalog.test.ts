import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import { MAX_SETTINGS_BYTES } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { createLoggingDisk, diskError } from '../../test/logging-disk.ts'
import type { FileSystem } from '../disk/file-system.ts'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { fileNamesIn } from '../format/file-names.ts'
import { MAX_START } from '../format/json.ts'
import { MAX_EXTRA_BYTES } from '../format/limits.ts'
import {
  adoptCatalog,
  assertCatalogPresent,
  findOrCreateCatalog,
  findSegment,
  listOwnFiles,
  removeAbandonedFiles,
} from './create-catalog.ts'
import { readSnapshot } from './open-segment.ts'

const HOUR_MS = 3_600_000

/** A field `text` that takes so many bytes of JSON together with its braces. */
const textOf = (bytes: number): string => 'x'.repeat(bytes - '{"text":""}'.length)
/** Settings that take so many bytes of JSON. */
const settingsOf = (bytes: number): object => {
  const around = { policy: {}, volumes: {}, text: '' }
  return { ...around, text: 'x'.repeat(bytes - JSON.stringify(around).length) }
}

describe('a catalog', () => {
  const root = useTemporaryDirectory()
  const names = () => fileNamesIn(root.path)
  const own = (name: string) => root.at('.catalog', name)
  const model = (revision: number) => ({
    ...{ id: 'm', name: 'm', source: 'file:x', digest: null, state: 'Pending', revision },
    ...{ registered_at: '2025-10-01T00:00:00Z', verified_at: null },
  })
  const headOf = (revision: number) => ({ revision, checksum: '0'.repeat(32) })
  const writeView = (document: object) =>
    writeFile(root.at('catalog.json'), JSON.stringify(document, null, 2))
  const create = (disk: FileSystem = nodeFileSystem) => findOrCreateCatalog(disk, names(), 'w')
  const failing = (call: 'list' | 'syncDirectory' | 'ageMs', code: string): FileSystem => ({
    ...nodeFileSystem,
    [call]: () => {
      throw diskError(code)
    },
  })

  it('is created step by step, each durable before the one that needs it', async () => {
    const disk = createLoggingDisk(() => root.path)
    expect(await create(disk)).toBe(1)
    const above: string[] = []
    for (let path = root.path; ; path = dirname(path)) {
      above.push(`sync ${relative(root.path, path) || '.'}`)
      if (path === dirname(path)) break
    }
    expect(disk.calls).toEqual([
      ...['mkdir .catalog', ...above],
      ...['create-new .catalog/format-w.tmp', 'append .catalog/format-w.tmp', 'sync .catalog/format-w.tmp'],
      ...['rename .catalog/format', 'remove .catalog/format-w.tmp', 'sync .catalog'],
      ...['create .catalog/journal-000001.jsonl', 'sync .catalog/journal-000001.jsonl', 'sync .catalog'],
      ...[
        'create-new .catalog/snapshot-w.tmp',
        'append .catalog/snapshot-w.tmp',
        'sync .catalog/snapshot-w.tmp',
      ],
      ...['link .catalog/snapshot-000001.jsonl', 'remove .catalog/snapshot-w.tmp', 'sync .catalog'],
    ])
    expect(disk.openFiles).toBe(0)
    expect((await readdir(root.at('.catalog'))).sort()).toEqual([
      'format',
      'journal-000001.jsonl',
      'snapshot-000001.jsonl',
    ])
    expect(await readFile(own('format'), 'latin1')).toBe('2\n')
    const { state, start } = await readSnapshot(nodeFileSystem, names(), 1)
    expect([state.size, start]).toEqual([0, [0, FIRST_PREFIX]])
  })

  it('that is there is found, and nothing is written', async () => {
    await create()
    await writeFile(own('snapshot-000003.jsonl'), '')
    const disk = createLoggingDisk(() => root.path)
    expect(await create(disk)).toBe(3)
    expect(await findSegment(disk, names())).toBe(3)
    expect(disk.calls).toEqual([])
  })

  it('of an earlier format is written in the present one from then on', async () => {
    await create()
    await writeFile(own('format'), '1\n')
    expect(await create()).toBe(1)
    expect(await readFile(own('format'), 'latin1')).toBe('2\n')
    await writeFile(own('format'), '3\n')
    await expect(create()).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  })

  it('begins with what catalog.json has, and goes on from its revision', async () => {
    await writeView({ ...headOf(7), models: [model(3)], licence: 'MIT' })
    const bytes = await readFile(root.at('catalog.json'))
    const disk = createLoggingDisk(() => root.path)
    expect(await create(disk)).toBe(1)
    const links = disk.calls.filter((call) => call.startsWith('link'))
    expect(disk.calls).toContain('create-new .catalog/adopted-w.tmp')
    expect(links).toEqual(['link .catalog/adopted-catalog.json', 'link .catalog/snapshot-000001.jsonl'])
    expect((await readFile(own('adopted-catalog.json'))).equals(bytes)).toBe(true)
    const { state, start } = await readSnapshot(nodeFileSystem, names(), 1)
    expect([state.get('m')?.revision, state.extra, start]).toEqual([3, { licence: 'MIT' }, [7, FIRST_PREFIX]])
    expect(state.totals(7)).toMatchObject({ since: 7 })
    expect(disk.openFiles).toBe(0)
  })

  it('without a revision in catalog.json begins at 0', async () => {
    await writeView({ models: [] })
    expect((await adoptCatalog(nodeFileSystem, root.at('catalog.json')))?.snapshot.start[0]).toBe(0)
    expect(await adoptCatalog(nodeFileSystem, root.at('missing.json'))).toBeUndefined()
  })

  it.each<[string, object]>([
    ['its revision', { ...headOf(MAX_START + 1), models: [] }],
    ['that of a model', { models: [model(MAX_START + 1)] }],
    ['the size of its other fields', { models: [], text: textOf(MAX_EXTRA_BYTES + 1) }],
    ['the size of its settings', { models: [], settings: settingsOf(MAX_SETTINGS_BYTES + 1) }],
  ])(
    'is UNSUPPORTED_FORMAT if %s is beyond what can be counted or kept, and nothing is created',
    async (_, view) => {
      await writeView(view)
      await expect(create()).rejects.toMatchObject({
        code: 'UNSUPPORTED_FORMAT',
        details: {
          path: root.at('catalog.json'),
          found: expect.stringMatching(/\S/u),
          supported: expect.stringMatching(/\S/u),
        },
      })
      expect(await readdir(root.path)).toEqual(['catalog.json'])
    },
  )

  it('may have other fields and settings as long as they may be', async () => {
    const settings = settingsOf(MAX_SETTINGS_BYTES)
    await writeView({ models: [], text: textOf(MAX_EXTRA_BYTES), settings })
    expect(await create()).toBe(1)
    const { state } = await readSnapshot(nodeFileSystem, names(), 1)
    expect(state.settings).toEqual({ revision: 1, content: settings })
  })

  it('may begin at the highest revision', async () => {
    await writeView({ ...headOf(MAX_START), models: [model(MAX_START)] })
    expect(await create()).toBe(1)
  })

  it.each([
    ['catalog.json', 'directory', () => mkdir(root.at('catalog.json'))],
    ['.catalog', 'file', () => writeFile(root.at('.catalog'), '')],
  ])('is NOT_A_REGULAR_FILE if %s is a %s', async (name, kind, put) => {
    await put()
    await expect(create()).rejects.toMatchObject({
      code: 'NOT_A_REGULAR_FILE',
      details: { path: root.at(name), kind },
    })
  })

  it('is created on a disk that does not tell what is at a path', async () => {
    const { kindOf: _, ...disk } = nodeFileSystem
    expect(await create(disk)).toBe(1)
  })

  it('is DAMAGED if only its journal is there, and no new one is begun beside it', async () => {
    await mkdir(root.at('.catalog'))
    await writeFile(own('journal-000001.jsonl'), 'x')
    const problem = expect.stringContaining('snapshot-000001.jsonl is missing')
    const damage = { code: 'DAMAGED', details: { path: own('journal-000001.jsonl'), problem } }
    await expect(create()).rejects.toMatchObject(damage)
    await expect(assertCatalogPresent(nodeFileSystem, names())).rejects.toMatchObject(damage)
    expect(await readdir(root.at('.catalog'))).not.toContain('snapshot-000001.jsonl')
    await writeFile(own('journal-000001.jsonl'), '')
    expect(await create()).toBe(1)
  })

  it('is not DAMAGED if another process has made it since the first look, and written to it', async () => {
    let looks = 0
    const list: FileSystem['list'] = async (path) => {
      looks += 1
      const names = await nodeFileSystem.list(path)
      if (looks > 1) return names
      await create()
      await writeFile(own('journal-000001.jsonl'), 'x')
      return names
    }
    await mkdir(root.at('.catalog'))
    expect(await create({ ...nodeFileSystem, list })).toBe(1)
    expect(looks).toBe(2)
  })

  it('is there if it has a segment, or a catalog.json to begin with', async () => {
    const missing = { code: 'CATALOG_MISSING', details: { path: root.path } }
    await expect(assertCatalogPresent(nodeFileSystem, names())).rejects.toMatchObject(missing)
    await writeView({ models: [] })
    await assertCatalogPresent(nodeFileSystem, names())
    expect(await findSegment(nodeFileSystem, names())).toBeUndefined()
    await create()
    await rm(root.at('catalog.json'))
    await assertCatalogPresent(nodeFileSystem, names())
  })

  it.each(['EACCES', 'EPERM', 'EINVAL', 'EROFS'])(
    'is created below directories that it may not sync (%s), as it has made nothing in them',
    async (code) => {
      const syncDirectory: FileSystem['syncDirectory'] = async (path) => {
        if (path.startsWith(root.path)) return await nodeFileSystem.syncDirectory(path)
        throw diskError(code)
      }
      expect(await create({ ...nodeFileSystem, syncDirectory })).toBe(1)
    },
  )

  it('is not created if a directory cannot be made durable', async () => {
    await expect(create(failing('syncDirectory', 'EIO'))).rejects.toMatchObject({ code: 'EIO' })
    expect(await readdir(root.at('.catalog'))).toEqual([])
  })

  it('has no files of its own without a directory, and does not take any other failure for that', async () => {
    expect(await listOwnFiles(nodeFileSystem, names())).toEqual([])
    await expect(listOwnFiles(failing('list', 'EIO'), names())).rejects.toMatchObject({ code: 'EIO' })
  })
})

describe('temporary files that killed writers left', () => {
  const root = useTemporaryDirectory()
  const names = () => fileNamesIn(root.path)
  const own = (name: string) => root.at('.catalog', name)
  const put = async (...files: string[]) => {
    await mkdir(root.at('.catalog'))
    for (const name of files) await writeFile(own(name), '')
  }

  it('are removed once they are more than an hour old, and told', async () => {
    await put('view-old.tmp', 'view-new.tmp', 'view')
    for (const name of ['view-old.tmp', 'view']) await utimes(own(name), 0, 0)
    expect(await removeAbandonedFiles(nodeFileSystem, names())).toEqual([own('view-old.tmp')])
    expect((await readdir(root.at('.catalog'))).sort()).toEqual(['view', 'view-new.tmp'])
  })

  it.each([
    [HOUR_MS, []],
    [HOUR_MS + 1, ['view-w.tmp']],
  ])('of %d ms are removed: %j', async (ageMs, expected) => {
    await put('view-w.tmp')
    const removed = await removeAbandonedFiles({ ...nodeFileSystem, ageMs: () => ageMs }, names())
    expect(removed).toEqual(expected.map(own))
  })

  it('may be gone meanwhile; any other failure is told', async () => {
    await put('view-w.tmp')
    const failing = (code: string): FileSystem => ({
      ...nodeFileSystem,
      ageMs: () => {
        throw diskError(code)
      },
    })
    expect(await removeAbandonedFiles(failing('ENOENT'), names())).toEqual([])
    await expect(removeAbandonedFiles(failing('EIO'), names())).rejects.toMatchObject({ code: 'EIO' })
  })
})

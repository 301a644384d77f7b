import { appendFile, truncate, writeFile } from 'node:fs/promises'
import { sampleEntry } from '@catalog/testkit'
import { MAX_SETTINGS_BYTES } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { MAX_ADOPTED_BYTES, MAX_HEADER_BYTES, MAX_LINE_BYTES } from '../src/format/limits.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { idsOf, register } from './commits.ts'
import { RecordingDisk } from './recording-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('before memory is spent', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')
  const snapshot = () => root.at('.catalog', 'snapshot-000001.jsonl')

  it('a catalog.json of few bytes with very many values is DAMAGED, and one with a slip is', async () => {
    for (const end of [']}', ',']) {
      await writeFile(root.at('catalog.json'), `{"models":[],"x":[${'0,'.repeat(17e6)}0${end}`)
      await expect(root.open()).rejects.toMatchObject({
        code: 'DAMAGED',
        details: { problem: 'it has more than 16777216 values' },
      })
    }
  })

  it.each([false, true])('a catalog.json of more than 256 MB is refused, read-only %s', async (readOnly) => {
    await writeFile(root.at('catalog.json'), '{ "models": [] }')
    await truncate(root.at('catalog.json'), MAX_ADOPTED_BYTES + 1)
    const disk = new RecordingDisk()
    await expect(root.open({ disk, readOnly })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      details: { path: root.at('catalog.json') },
    })
    // No more than what tells whether it is a view.
    expect(disk.largestRead).toBeLessThan(1024)
  })

  it('fields beside "models" that no snapshot could begin with are refused', async () => {
    const extra = 'x'.repeat(MAX_HEADER_BYTES)
    await writeFile(root.at('catalog.json'), JSON.stringify({ models: [], extra }))
    await expect(root.open()).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  })

  it('a line of more than 16 MiB in a journal is DAMAGED, where it is unfinished too', async () => {
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    await appendFile(journal(), '\n')
    await truncate(journal(), 3 * MAX_LINE_BYTES)
    const disk = new RecordingDisk()
    await expect(root.open({ disk })).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { path: journal(), recordsBefore: 2 },
    })
    expect(disk.largestRead).toBeLessThanOrEqual(MAX_LINE_BYTES + 1)
  })

  it('a first line of more than 1 MiB in a snapshot is DAMAGED', async () => {
    await (await root.open()).close()
    await writeFile(snapshot(), '')
    await truncate(snapshot(), 64 * MAX_HEADER_BYTES)
    const disk = new RecordingDisk()
    await expect(root.open({ disk })).rejects.toMatchObject({ code: 'DAMAGED' })
    expect(disk.largestRead).toBeLessThanOrEqual(MAX_HEADER_BYTES)
  })

  it('a snapshot of another length than its first line says is DAMAGED', async () => {
    await (await root.open()).close()
    await truncate(snapshot(), 64 * MAX_HEADER_BYTES)
    const disk = new RecordingDisk()
    await expect(root.open({ disk })).rejects.toMatchObject({
      code: 'DAMAGED',
      details: { path: snapshot() },
    })
    expect(disk.largestRead).toBeLessThanOrEqual(MAX_HEADER_BYTES)
  })

  it('no call writes a record that could not be read', async () => {
    const store = await root.open()
    const commits = Array.from({ length: 5 }, (_, number) => {
      const entry = sampleEntry({ id: `m${number}`, extra: { note: 'x'.repeat(3 << 20) } })
      return { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }
    })
    await expect(store.commit(commits)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await idsOf(store)).toEqual([])
    await store.commit(commits.slice(1))
    await store.close()
    expect(await idsOf(await root.open())).toHaveLength(4)
  })
})

describe('settings', () => {
  const root = useTemporaryRoot()

  it('that are longer than a snapshot can hold are INVALID_INPUT, and nothing is written', async () => {
    const store = await root.open()
    const sight = { lastSeen: '2026-01-01T00:00:00.000Z', node: 'n'.repeat(253) }
    const many = Array.from({ length: 6000 }, (_, index) => [`${index}`.padStart(300, '0'), sight])
    const settings = { policy: {}, volumes: Object.fromEntries(many) }
    await expect(store.changeSettings({ ifRevision: 0, settings })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'settings' }] },
    })
    expect(await store.refresh()).toBe(0)
  })

  it('as long as they may be, beside as many other fields as may be, fit into a snapshot', async () => {
    await writeFile(
      root.at('catalog.json'),
      JSON.stringify({ notes: 'x'.repeat((1 << 20) - 4200), models: [] }),
    )
    const store = await root.open({ segmentBytes: 1024 })
    const sight = { lastSeen: '2026-01-01T00:00:00.000Z', node: 'n'.repeat(253) }
    const many = Array.from({ length: 3300 }, (_, index) => [`${index}`.padStart(300, '0'), sight])
    const settings = { policy: {}, volumes: Object.fromEntries(many) }
    expect(JSON.stringify(settings).length).toBeGreaterThan(MAX_SETTINGS_BYTES * 0.9)
    await store.changeSettings({ ifRevision: 0, settings })
    await store.changeSettings({ ifRevision: 1, settings })
    await register(store, 'a')
    await store.close()
    expect(await (await root.open()).settings()).toEqual({ ...settings, revision: 2 })
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true, segments: 2 })
  })
})

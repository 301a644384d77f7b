import { execFileSync } from 'node:child_process'
import { chmod, readdir, readFile, stat } from 'node:fs/promises'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { verifyHistory } from '../src/history/verify-history.ts'
import { idsOf, register } from './commits.ts'
import { type LimitedProcess, startLimited } from './limited-process.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const NOBODY = 65534

describe.skipIf(lacks('prlimit'))('a process that has no descriptors left', () => {
  const root = useTemporaryRoot()

  it('opens nothing, and what it has open goes on working', async () => {
    const writer = await startLimited(root.path, { limits: ['--nofile=128:128'] })
    try {
      expect(await writer.step('open')).toBe('done')
      expect(await writer.step('use up the descriptors')).toBe('done')
      expect(await writer.step('open another')).toMatchObject({
        code: 'IO',
        errno: 'EMFILE',
        outcome: 'none',
      })
      expect(await writer.step('register', 'a')).toBe('done')
      expect(await writer.step('count')).toBe(1)
      // What is recorded is safe; only catalog.json is written later.
      expect(await writer.step('close')).toBe('done')
      await expectWhole(['a'])
      expect(await writer.step('give the descriptors back')).toBe('done')
      expect(await writer.step('open')).toBe('done')
      expect(await writer.step('register', 'b')).toBe('done')
      expect(await writer.step('close')).toBe('done')
    } finally {
      await writer.end()
    }
    await expectWhole(['a', 'b'])
  })

  async function expectWhole(ids: readonly string[]): Promise<void> {
    const reader = await root.open({ readOnly: true })
    expect(await idsOf(reader)).toEqual(ids)
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  }
})

describe.skipIf(lacks('prlimit'))('a process whose files may not grow', () => {
  const root = useTemporaryRoot()
  const journal = () => root.at('.catalog', 'journal-000001.jsonl')

  it('is NO_SPACE, has written nothing, and goes on once they may', async () => {
    const writer = await startLimited(root.path, { limits: ['--core=0'] })
    try {
      expect(await writer.step('open')).toBe('done')
      expect(await writer.step('register', 'before')).toBe('done')
      for (const room of [0, 1, 200]) {
        await limit(writer, (await stat(journal())).size + room)
        expect(await writer.step('register', `room-${room}`)).toMatchObject({
          code: 'NO_SPACE',
          outcome: 'none',
        })
        expect(await writer.step('count')).toBe(1)
        await limit(writer, undefined)
      }
      expect(await writer.step('register', 'later')).toBe('done')
      expect(await writer.step('close')).toBe('done')
    } finally {
      await writer.end()
    }
    expect(await idsOf(await root.open())).toEqual(['before', 'later'])
    expect(await verifyHistory(root.path)).toMatchObject({ ok: true })
  })

  /** Of the size of files, in bytes; soft, so that it can be lifted again. */
  async function limit({ pid }: LimitedProcess, bytes: number | undefined): Promise<void> {
    execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes ?? 'unlimited'}:`])
  }
})

describe.skipIf(lacks('other-user'))('a process without rights', () => {
  const root = useTemporaryRoot()

  it.each([
    ['to read the journal', 'journal-000001.jsonl', 0o600],
    ['to write the journal', 'journal-000001.jsonl', 0o644],
    ['to read the snapshot', 'snapshot-000001.jsonl', 0o600],
    ['to look into the directory', '', 0o700],
  ])('%s is told IO with the file and EACCES, and changes nothing', async (_, name, mode) => {
    const store = await root.open()
    await register(store, 'a')
    await store.close()
    const bytes = await readFile(root.at('.catalog', 'journal-000001.jsonl'))
    // All but one of them are open to all users.
    await chmod(root.path, 0o777)
    await chmod(root.at('.catalog'), 0o777)
    for (const each of await readdir(root.at('.catalog'))) await chmod(root.at('.catalog', each), 0o666)
    await chmod(root.at('.catalog', name), mode)
    const writer = await startLimited(root.path, { user: NOBODY })
    try {
      expect(await writer.step('open')).toMatchObject({
        code: 'IO',
        errno: 'EACCES',
        outcome: 'none',
        path: expect.stringContaining(root.at('.catalog', name)),
      })
    } finally {
      await writer.end()
    }
    expect(await readFile(root.at('.catalog', 'journal-000001.jsonl'))).toEqual(bytes)
    expect(await idsOf(await root.open())).toEqual(['a'])
  })
})

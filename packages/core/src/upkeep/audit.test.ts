import { fixedClock, sampleDigest, sampleEntry } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, plant } from '../../test/test-catalog.ts'
import { createContext } from '../context/catalog-ports.ts'
import { auditModels } from './audit.ts'

type AuditOptions = Parameters<typeof auditModels>[1]

const BYTES = 1000

/** Models that were verified at one time, and a clock that only readings move: each takes a second. */
async function openVerified(ids: readonly string[]) {
  const clock = fixedClock()
  const opened = await openTestCatalog({ clock })
  const { catalog, store, files } = opened
  for (const [index, id] of ids.entries()) {
    files.put(`/models/${id}.gguf`, sampleDigest(index), BYTES)
    await catalog.register({ id, source: 'x' })
    await catalog.verify(id)
  }
  let [nowMs, looks] = [0, 0]
  files.duringRead = () => {
    nowMs += 1000
  }
  const waits: number[] = []
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms)
  }
  const ports = { store, files, verifier: files, volumes: files.volumes, clock, node: 'node-1', wait }
  const monotonicMs = (): number => nowMs
  /** A look takes a millisecond. */
  const slowly = (): number => {
    looks += 1
    return looks
  }
  const run = (options: AuditOptions = {}) => auditModels(createContext({ ...ports, monotonicMs }), options)
  const runSlowly = (options: AuditOptions) =>
    auditModels(createContext({ ...ports, monotonicMs: slowly }), options)
  return { ...opened, run, runSlowly, waits }
}

describe('an audit', () => {
  it('reads what is older than it is to be, and not what is as old', async () => {
    const { run, clock } = await openVerified(['a'])
    clock.advance(5000)
    expect(await run({ olderThanMs: 5000 })).toMatchObject({ checked: 0, ended: 'all' })
    expect(await run({ olderThanMs: 4999 })).toMatchObject({ checked: 1 })
  })

  it('reads as many bytes as it may, and no more', async () => {
    const { run } = await openVerified(['a', 'b', 'c'])
    expect(await run({ maxBytes: 2 * BYTES })).toMatchObject({ checked: 2, ended: 'max-bytes' })
    expect(await run({ maxBytes: 2 * BYTES - 1 })).toMatchObject({ checked: 1, ended: 'max-bytes' })
  })

  it('begins no model once its time has come', async () => {
    const { run } = await openVerified(['a', 'b', 'c'])
    expect(await run({ maxDurationMs: 2000 })).toMatchObject({ checked: 2, ended: 'max-duration' })
    expect(await run({ maxDurationMs: 2001 })).toMatchObject({ checked: 3, ended: 'all' })
  })

  it('says how much is left of what was never read, as its entry says', async () => {
    const { run, other, files } = await openVerified(['a'])
    for (const [id, fields] of [
      ['n', {}],
      ['o', { sizeBytes: 700 }],
    ] as const) {
      files.put(`/models/${id}.gguf`, sampleDigest(1), 700)
      await plant(other, sampleEntry({ id, state: 'Active', ...fields }))
    }
    const { remaining } = await run({ maxBytes: 1 })
    expect(remaining).toEqual({ models: 2, bytes: BYTES + 700 })
  })

  it('of what is stale lets others run after every ten milliseconds of looks', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `m${index}`)
    const { runSlowly, waits } = await openVerified(ids)
    expect(await runSlowly({ only: 'stale' })).toMatchObject({ checked: 0 })
    // One look is taken to begin with, and one more after each pause.
    expect(waits).toEqual([0, 0])
  })

  it('ends with a fault of the program, which is of no model', async () => {
    const { run, files } = await openVerified(['a'])
    files.duringRead = () => {
      throw new TypeError('a fault')
    }
    await expect(run()).rejects.toThrow('a fault')
  })
})

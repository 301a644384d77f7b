import { setImmediate as nextTurn } from 'node:timers/promises'
import { sampleDigest, sampleFileDigest } from '@catalog/testkit'
import type { FileDigest, VerifyFileOptions } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { digestSideBySide } from './digest-side-by-side.ts'

const BYTES = 40_000
const read = sampleFileDigest(sampleDigest(1), BYTES)
const FILES = ['a', 'b', 'c'].map((path) => ({ path, fingerprint: read.fingerprint }))

/** A verifier without files: how many it is asked for at a time, and when. */
function createDigest() {
  const state = { open: 0, most: 0, begun: [] as { path: string; atMs: number }[] }
  const digest = async (path: string, { onProgress }: VerifyFileOptions): Promise<FileDigest> => {
    state.begun.push({ path, atMs: performance.now() })
    state.open += 1
    state.most = Math.max(state.most, state.open)
    await nextTurn()
    onProgress?.({ doneBytes: BYTES, totalBytes: BYTES })
    state.open -= 1
    return read
  }
  return { state, digest }
}

describe('digestSideBySide', () => {
  it('asks for all files at once, and in order', async () => {
    const { state, digest } = createDigest()
    expect(await digestSideBySide(FILES, { digest })).toEqual([read, read, read])
    expect(state.most).toBe(3)
    expect(state.begun.map(({ path }) => path)).toEqual(['a', 'b', 'c'])
  })

  it('reads one after the other at a rate, and begins none before its time', async () => {
    const { state, digest } = createDigest()
    const startedMs = performance.now()
    await digestSideBySide(FILES, { digest, bytesPerSecond: 10 * BYTES })
    expect(state.most).toBe(1)
    // A timer may be a millisecond early.
    const early = state.begun.filter(({ atMs }, index) => atMs - startedMs < index * 100 - 2)
    expect(early).toEqual([])
  })

  it('rejects with the signal’s reason while it waits for its time', async () => {
    const { digest } = createDigest()
    const controller = new AbortController()
    const onProgress = () => controller.abort('not wanted')
    const { signal } = controller
    const reading = digestSideBySide(FILES, { digest, bytesPerSecond: 1, signal, onProgress })
    await expect(reading).rejects.toBe('not wanted')
  })

  it('goes on without a file whose error is let pass, and counts its bytes at the end', async () => {
    const { digest } = createDigest()
    const failing = (path: string, options: VerifyFileOptions) =>
      path === 'b' ? Promise.reject(new Error('bad sector')) : digest(path, options)
    const passed: string[] = []
    const onError = async (_error: unknown, { path }: { path: string }) => void passed.push(path)
    const seen: number[] = []
    const onProgress = ({ doneBytes }: { doneBytes: number }) => void seen.push(doneBytes)
    expect(await digestSideBySide(FILES, { digest: failing, onError, onProgress })).toEqual([
      read,
      undefined,
      read,
    ])
    expect(passed).toEqual(['b'])
    expect(seen.at(-1)).toBe(3 * BYTES)
    await expect(digestSideBySide(FILES, { digest: failing })).rejects.toThrow('bad sector')
  })

  it('reads no file after the first that fails', async () => {
    const { state, digest } = createDigest()
    const failing = (path: string, options: VerifyFileOptions) =>
      path === 'a' ? Promise.reject(new Error('bad sector')) : digest(path, options)
    const many = Array.from({ length: 1000 }, (_, index) => ({
      ...read,
      path: index === 0 ? 'a' : `${index}`,
    }))
    await expect(digestSideBySide(many, { digest: failing })).rejects.toThrow('bad sector')
    expect(state.begun.length).toBeLessThan(200)
    expect(state.open).toBe(0)
  })
})

import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createVerifier, digestFile } from '../src/index.ts'
import { createSparseFile, createWorkspace } from './workspace.ts'

const MIB = 1024 * 1024
/** For `native` one that counts as small, and one that does not. */
const ENGINES = [
  { engine: 'native', sizes: [2 * MIB, 5 * MIB] },
  { engine: 'wasm', sizes: [2 * MIB] },
] as const

function createModel(sizeBytes: number): string {
  return createSparseFile(join(createWorkspace(), 'model.gguf'), sizeBytes)
}

describe.each(ENGINES)('an aborted digest, $engine', ({ engine, sizes }) => {
  it('rejects with the reason before it looks at the file', async () => {
    const reason = { why: 'not wanted' }
    await expect(digestFile('/missing', { engine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('rejects with the reason in the middle of 400 GB', async () => {
    const path = createModel(400e9)
    const controller = new AbortController()
    const reason = new Error('no longer wanted')
    const reports: number[] = []
    const onProgress = ({ doneBytes }: { doneBytes: number }) => {
      reports.push(doneBytes)
      if (doneBytes > 0) controller.abort(reason)
    }
    await expect(digestFile(path, { engine, signal: controller.signal, onProgress })).rejects.toBe(reason)
    expect(reports).toEqual([0, expect.any(Number)])
  })

  it.each(sizes)('rejects even when the last byte of %i was read', async (sizeBytes) => {
    const path = createModel(sizeBytes)
    const controller = new AbortController()
    const onProgress = ({ doneBytes }: { doneBytes: number }) => {
      if (doneBytes === sizeBytes) controller.abort('too late')
    }
    await expect(digestFile(path, { engine, signal: controller.signal, onProgress })).rejects.toBe('too late')
  })

  it.each(sizes)('leaves the next one of %i bytes alone', async (sizeBytes) => {
    const path = createModel(sizeBytes)
    const whole = await digestFile(path, { engine })
    for (let round = 0; round < 3; round++) {
      const controller = new AbortController()
      const onProgress = () => controller.abort('not wanted')
      await expect(digestFile(path, { engine, signal: controller.signal, onProgress })).rejects.toBe(
        'not wanted',
      )
      await expect(digestFile(path, { engine })).resolves.toMatchObject({ digest: whole.digest })
    }
  })
})

describe('an aborted digest', () => {
  it('is let go while it waits for its turn', async () => {
    const verifier = createVerifier({ threads: 1 })
    onTestFinished(() => verifier.close())
    const path = createModel(400e9)
    const first = new AbortController()
    const second = new AbortController()
    const running = verifier.digestFile(path, { signal: first.signal })
    const waiting = verifier.digestFile(path, { signal: second.signal })
    second.abort('waited long enough')
    await expect(waiting).rejects.toBe('waited long enough')
    first.abort('done')
    await expect(running).rejects.toBe('done')
  })
})

import { expect, it } from 'vitest'
import { sha256, type VerifierFixture } from './verifier-harness.ts'

const LARGE = 'weights '.repeat(1 << 20)

/** How a reading ends before its time, and how a verifier ends. */
export function describeEnding(world: () => VerifierFixture): void {
  it('a signal that is aborted already rejects with its reason', async () => {
    const { verifier, write } = world()
    const file = await write('a', 'bytes')
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(verifier.digestFiles([file], { signal })).rejects.toBe(reason)
  })

  it('a signal that is aborted while files are read rejects with its reason', async () => {
    const { verifier, write } = world()
    const files = [await write('a', LARGE), await write('b', 'bytes')]
    const controller = new AbortController()
    const reading = verifier.digestFiles(files, { signal: controller.signal })
    controller.abort('enough')
    await expect(reading).rejects.toBe('enough')
  })

  it('a verifier goes on after a reading that failed', async () => {
    const { verifier, write, world: own } = world()
    const files = [await write('a', 'bytes'), await write('b', 'others')] as const
    await own.remove(files[1].path)
    await expect(verifier.digestFiles(files)).rejects.toMatchObject({ code: 'FILE_MISSING' })
    expect(await verifier.digestFiles([files[0]])).toMatchObject([{ digest: sha256('bytes') }])
  })

  it('what is asked for after the end is CLOSED, and the end may be repeated', async () => {
    const { verifier, write } = world()
    const file = await write('a', 'bytes')
    await verifier.close()
    await verifier.close()
    await expect(verifier.digestFiles([file])).rejects.toMatchObject({ code: 'CLOSED' })
  })

  it('what is under way at the end is CLOSED', async () => {
    const { verifier, write } = world()
    const reading = verifier.digestFiles([await write('a', LARGE)])
    const closed = expect(reading).rejects.toMatchObject({ code: 'CLOSED' })
    await verifier.close()
    await closed
  })
}

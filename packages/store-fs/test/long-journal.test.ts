import { describe, expect, it } from 'vitest'
import { modelId, registrationOf } from './commits.ts'
import { readingDisk } from './reading-disk.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('the history of one model', () => {
  const root = useTemporaryRoot()

  it('lets the process do other things between the pieces of a long journal', async () => {
    const store = await root.open()
    const reason = 'because '.repeat(120)
    for (let number = 0; number < 40; number += 1) {
      const ids = Array.from({ length: 25 }, (_, each) => `m-${number}-${each}`)
      await store.commit(ids.map((id) => ({ ...registrationOf(id), reason })))
    }
    let turn = 0
    const count = (): void => {
      turn += 1
      next = setImmediate(count)
    }
    let next = setImmediate(count)
    const turns: number[] = []
    const disk = readingDisk(() => turns.push(turn))
    const other = await root.open({ disk })
    turns.length = 0
    expect(await other.changes(0, modelId('m-7-3'))).toHaveLength(1)
    clearImmediate(next)
    expect(turns.length).toBeGreaterThan(4)
    expect(new Set(turns).size).toBe(turns.length)
  })
})

import { describe, expect, it } from 'vitest'
import { GroupCommit } from './group-commit.ts'

interface Named {
  readonly operation: string
  readonly text: string
}
type Outcome = { readonly applied: boolean }

const CONFLICT: Outcome = { applied: false }

function commitOf(operation: string, length = 1): Named {
  return { operation, text: 'x'.repeat(length) }
}

/** A journal whose records become durable one by one, when the test says so. */
function createJournal() {
  const records: string[][] = []
  const durable: ((error?: Error) => void)[] = []
  const group = new GroupCommit<Named, Outcome>((commits) => {
    records.push(commits.map(({ operation }) => operation))
    return new Promise((resolve, reject) => {
      durable.push((error) => (error === undefined ? resolve(commits.map(toOutcome)) : reject(error)))
    })
  }, 1 << 16)
  return { group, records, durable }
}

/** An outcome that tells of which commit it is. */
function toOutcome({ operation }: Named): Outcome {
  return operation === 'conflict' ? CONFLICT : { applied: true }
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe('commits that share a record', () => {
  it('are those of one turn, and those that come while a record becomes durable', async () => {
    const { group, records, durable } = createJournal()
    const first = [group.submit([commitOf('a')]), group.submit([commitOf('conflict'), commitOf('c')])]
    await nextTurn()
    const later = [group.submit([commitOf('d')]), group.submit([commitOf('conflict')])]
    await nextTurn()
    expect(records).toEqual([['a', 'conflict', 'c']])
    durable[0]?.()
    const applied = { applied: true }
    expect(await Promise.all(first)).toEqual([[applied], [CONFLICT, applied]])
    await nextTurn()
    expect(records.slice(1)).toEqual([['d', 'conflict']])
    durable[1]?.()
    expect(await Promise.all(later)).toEqual([[applied], [CONFLICT]])
  })

  it('have no more than 64 KiB of text together, and one call is never split', async () => {
    const { group, records, durable } = createJournal()
    const half = 1 << 15
    const all = [
      group.submit([commitOf('a', half)]),
      group.submit([commitOf('b', half)]),
      group.submit([commitOf('c', 1)]),
      group.submit([commitOf('d', 4 * half), commitOf('e', half)]),
      group.submit([commitOf('f')]),
    ]
    for (let index = 0; index < 4; index += 1) {
      await nextTurn()
      durable[index]?.()
    }
    await Promise.all(all)
    expect(records).toEqual([['a', 'b'], ['c'], ['d', 'e'], ['f']])
  })

  it('all fail with their record, and those that come later do not', async () => {
    const { group, durable } = createJournal()
    const failed = [group.submit([commitOf('a')]), group.submit([commitOf('b')])]
    await nextTurn()
    const later = group.submit([commitOf('c')])
    const error = new Error('the disk is full')
    durable[0]?.(error)
    const outcomes = await Promise.allSettled(failed)
    expect(outcomes).toEqual(failed.map(() => ({ status: 'rejected', reason: error })))
    await nextTurn()
    durable[1]?.()
    expect(await later).toEqual([{ applied: true }])
  })
})

it('a group is idle once the last record is durable, and at once if nothing was submitted', async () => {
  const { group, durable } = createJournal()
  await group.idle()
  const submitted = group.submit([commitOf('a')])
  let isIdle = false
  const idle = group.idle().then(() => {
    isIdle = true
  })
  await nextTurn()
  expect(isIdle).toBe(false)
  durable[0]?.()
  await submitted
  await idle
  const again = group.submit([commitOf('b')])
  await nextTurn()
  durable[1]?.()
  await again
})

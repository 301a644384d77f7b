// A process that the kernel limits: takes one step for each line that it reads, and tells how it came out.
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type CatalogStore, isCatalogError } from '@catalog/types'
import { openFileStore } from '../src/file-store.ts'
import { register } from './commits.ts'
import { ManualTimers } from './manual-timers.ts'

const root = process.argv[2] ?? ''
const taken: number[] = []
let store: CatalogStore | undefined

async function take(step: string, id: string): Promise<unknown> {
  switch (step) {
    case 'umask':
      process.umask(Number.parseInt(id, 8))
      return
    case 'open':
      // Only the steps write or use descriptors, no timers.
      store = await openFileStore({ root, timers: new ManualTimers() })
      return
    case 'open another':
      return await (await openFileStore({ root })).close()
    case 'register':
      if (store === undefined) throw new Error('not open')
      return await register(store, id)
    case 'count':
      return (await store?.list({}))?.length
    case 'close':
      return await store?.close()
    case 'use up the descriptors':
      return takeDescriptors()
    case 'give the descriptors back':
      for (const fd of taken.splice(0)) closeSync(fd)
      return
    default:
      throw new Error(`no step: ${step}`)
  }
}

function takeDescriptors(): void {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch {
    // There are no more.
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [step = '', id = ''] = line.split(' / ')
  const outcome = await take(step, id).catch((error: unknown) => {
    return isCatalogError(error) ? { code: error.code, ...error.details } : String(error)
  })
  console.log(JSON.stringify(outcome ?? 'done'))
}

/** Registers `<prefix>-1`, `<prefix>-2` … at once by so many callers, and prints the name of each that was acknowledged. */
import { writeSync } from 'node:fs'
import { sampleEntry } from '@catalog/testkit'
import { openPostgresStore } from '../../src/postgres-store.ts'

const [connectionString, schema, prefix, count, callers] = process.argv.slice(2)
const store = await openPostgresStore({
  ...{ connectionString, schema, allowUnsafeServer: true, applicationName: 'writer' },
})
let last = 0
const register = async (): Promise<void> => {
  while (last < Number(count)) {
    last += 1
    const entry = sampleEntry({ id: `${prefix}-${last}` })
    const [outcome] = await store.commit([
      { operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] },
    ])
    if (outcome?.applied !== true) throw new Error(`${entry.id} was there already`)
    // At once, however the process ends.
    writeSync(1, `${entry.id}\n`)
  }
}
await Promise.all(Array.from({ length: Number(callers) }, register))
await store.close()

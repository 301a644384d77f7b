import { createInterface } from 'node:readline'
import { isCatalogError } from '@catalog/types'
import { openFileStore } from '../src/file-store.ts'

const root = process.argv[2] ?? ''
const store = await openFileStore({ root, readOnly: true })
console.log('open')
for await (const _ of createInterface({ input: process.stdin })) console.log((await store.list({})).length)
await store.close()
// The proof that this process could not have written.
const error = await openFileStore({ root }).catch((refusal: unknown) => refusal)
console.log(isCatalogError(error, 'IO') ? error.details.errno : error)

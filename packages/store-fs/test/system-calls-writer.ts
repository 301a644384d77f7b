import { openFileStore } from '../src/file-store.ts'
import { register } from './commits.ts'

const store = await openFileStore({ root: process.argv[2] ?? '' })
await register(store, 'a')
console.log('acknowledged')
await store.close()

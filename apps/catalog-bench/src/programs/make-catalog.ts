import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openFileStore } from '@catalog/store-fs'
import { encodeEntry } from '@catalog/types/adapter'
import { generateEntry, toRegistration } from '../store/models.ts'

/** More than these many entries make a larger catalog.json than a store adopts. */
const MOST_ADOPTED = 500_000
const PIECE_ENTRIES = 1000

// Makes a catalog of some entries in a root: of a catalog.json as the specification has it, as far as one is adopted.
const [root = '', count = '0', failedEvery] = process.argv.slice(2)
const entries = Number(count)
mkdirSync(root)
writeCatalog(join(root, 'catalog.json'), Math.min(entries, MOST_ADOPTED))
await (await openFileStore({ root })).close()
if (entries > MOST_ADOPTED) await addTheRest()
console.log('null')

function writeCatalog(path: string, adopted: number): void {
  const fd = openSync(path, 'wx')
  writeSync(fd, '{"models":[')
  for (let first = 0; first < adopted; first += PIECE_ENTRIES) {
    const models = generate(first, adopted).map((entry) => JSON.stringify(encodeEntry(entry)))
    writeSync(fd, (first === 0 ? '' : ',') + models.join(','))
  }
  writeSync(fd, ']}')
  closeSync(fd)
}

/** In a last segment of its own, so that all of them are in its snapshot. */
async function addTheRest(): Promise<void> {
  const store = await openFileStore({ root })
  for (let first = MOST_ADOPTED; first < entries - 1; first += PIECE_ENTRIES) {
    await store.commit([toRegistration(generate(first, entries - 1))])
  }
  await store.close()
  const sealing = await openFileStore({ root, segmentBytes: 1 })
  await sealing.commit([toRegistration(generate(entries - 1, entries))])
  await sealing.close()
}

function generate(first: number, end: number): ReturnType<typeof generateEntry>[] {
  const length = Math.min(PIECE_ENTRIES, end - first)
  return Array.from({ length }, (_, index) => generateEntry(first + index, Number(failedEvery)))
}

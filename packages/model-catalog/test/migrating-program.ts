// A program that migrates a catalog, and says each position that it has copied: a test kills it.
import { migrateCatalog } from '../src/index.ts'

const [, , from = '', to = ''] = process.argv
const report = await migrateCatalog({
  ...{ from, to },
  onProgress: ({ step, position }) => process.stdout.write(`${step} ${position}\n`),
})
process.stdout.write(`${JSON.stringify(report)}\n`)

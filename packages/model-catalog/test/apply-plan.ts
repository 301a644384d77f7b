// Applies the plan saved at PLAN to the catalog of ROOT, and prints a line before each action.
import { readFile } from 'node:fs/promises'
import { openCatalog, parsePlan } from '../src/index.ts'

const [root = '', path = ''] = process.argv.slice(2)
const catalog = await openCatalog({ root, node: 'gpu-box-1' })
const plan = parsePlan(JSON.parse(await readFile(path, 'utf8')))
const report = await catalog.apply(plan, {
  onProgress: ({ doneActions }) => process.stdout.write(`${doneActions}\n`),
})
process.stdout.write(`${JSON.stringify(report)}\n`)
await catalog.close()

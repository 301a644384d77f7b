// apply-plan.ts ROOT PLAN REPORT: applies a saved plan, pauses before each action, and saves the report.
import { readFile, writeFile } from 'node:fs/promises'
import { openCatalog, parsePlan } from '../src/index.ts'
import { pauseAt } from './pause-at.ts'

const [root = '', path = '', reportPath = ''] = process.argv.slice(2)
const catalog = await openCatalog({ root, node: 'gpu-box-1' })
const plan = parsePlan(JSON.parse(await readFile(path, 'utf8')))
const report = await catalog.upkeep.apply(plan, {
  onProgress: ({ doneActions }) => pauseAt(String(doneActions)),
})
await writeFile(reportPath, JSON.stringify(report))
await catalog.close()

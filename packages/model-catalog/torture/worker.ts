// worker.ts JOB: does one operation after the other, and prints each with its outcome, until its standard input ends.
import { writeSync } from 'node:fs'
import { createRandom } from '@catalog/testkit/running'
import { isCatalogError, openCatalog } from '../src/index.ts'
import { planModels } from './models.ts'
import { OPERATIONS } from './operations.ts'

/** What a worker is told. */
export interface WorkerJob {
  readonly root: string
  readonly node: string
  readonly holder: string
  readonly anchors: readonly string[]
  /** Where the models are, below the root. */
  readonly places: readonly string[]
  readonly seed: number
}

/** What a worker prints. */
export interface WorkerLine {
  readonly operation: string
  /** `ok`, or the code of the refusal. */
  readonly outcome: string
  /** Set if it failed without a code. */
  readonly broken?: string
}

const { root, node, holder, anchors, places, seed } = JSON.parse(process.argv[2] ?? '') as WorkerJob
const random = createRandom(seed)
const models = planModels(places)
const names = Object.keys(OPERATIONS)
let isOver = false
process.stdin.on('end', () => {
  isOver = true
})
process.stdin.resume()

function tell(line: WorkerLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`)
}

async function attempt(operation: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
    tell({ operation, outcome: 'ok' })
  } catch (error) {
    if (isCatalogError(error)) tell({ operation, outcome: error.code })
    else tell({ operation, outcome: 'broken', broken: String(error instanceof Error ? error.stack : error) })
  }
}

await using catalog = await openCatalog({ root, node, holder, anchors })
while (!isOver) {
  const operation = names[Math.floor(random() * names.length)] ?? ''
  const model = models[Math.floor(random() * models.length)]
  const work = OPERATIONS[operation]
  if (model !== undefined && work !== undefined) {
    await attempt(operation, () => work({ catalog, model, random }))
  }
}
process.stdin.destroy()

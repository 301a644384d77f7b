// Reads catalog.json, as any other tool would, until its standard input ends: at every instant it must be
// complete JSON and show whole commits. Going back for a moment is allowed, and counted.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { twinsIn } from '../crowd-ids.ts'
import { readJob, report, watchForEnd } from './report.ts'

export interface ViewReaderJob {
  readonly root: string
}

const path = join(readJob<ViewReaderJob>().root, 'catalog.json')
const watch = watchForEnd()
const counts = { parsed: 0, versions: 0, wentBack: 0 }
let revision = -1
for (; !watch.isOver; await setImmediate()) readOnce()
report({ kind: 'counts', counts })
process.stdin.destroy()

function readOnce(): void {
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
    const view = JSON.parse(text)
    const ids = view.models.map(({ id }: { id: string }) => id)
    for (const half of twinsIn(new Set(ids)).halves) broken(`it has only one of ${half} and its twin`)
    counts.parsed += 1
    if (view.revision !== revision) counts.versions += 1
    if (view.revision < revision) counts.wentBack += 1
    revision = view.revision
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    // Before the first view there is none.
    if (isMissing && revision === -1) return
    broken(`${String(error)}: ${text.length} characters that begin ${JSON.stringify(text.slice(0, 80))}`)
  }
}

function broken(what: string): void {
  report({ kind: 'broken', what: `catalog.json: ${what}` })
}

// A program that migrates a catalog, and says each position that it has copied. Before it compares it stops, so that the test kills it in time.
import { migrateCatalog } from '../src/index.ts'

const [, , from = '', to = ''] = process.argv
await migrateCatalog({
  ...{ from, to },
  onProgress: ({ step, position }) => {
    process.stdout.write(`${step} ${position}\n`)
    if (step === 'compare') process.kill(process.pid, 'SIGSTOP')
  },
})

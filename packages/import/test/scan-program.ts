import { scan } from '../src/index.ts'

// Scans its argument and prints how many models and problems there are, the kinds of problems, the time and the memory.
const [, , directory = '.'] = process.argv
const startedAt = performance.now()
const kinds: string[] = []
let candidates = 0
try {
  for await (const item of scan(directory)) {
    if (item.kind === 'candidate') candidates += 1
    else kinds.push(item.problem.kind)
  }
  const scanMs = Math.round(performance.now() - startedAt)
  const rssMiB = Math.round(process.resourceUsage().maxRSS / 1024)
  process.stdout.write(JSON.stringify({ candidates, kinds, scanMs, rssMiB }))
} catch (error) {
  process.stdout.write(JSON.stringify(error instanceof Error && 'code' in error ? error.code : `${error}`))
}

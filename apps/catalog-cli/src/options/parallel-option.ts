import { availableParallelism } from 'node:os'
import { InvalidArgumentError, Option } from 'commander'
import { parsePositiveNumber } from './option-values.ts'

/** The most threads that a verifier may have. */
const MAX_PARALLEL = 64

/** How many models are read at the same time. */
export function createParallelOption(): Option {
  const option = new Option('--parallel <count>', 'how many models are read at the same time')
  const processors = Math.min(MAX_PARALLEL, availableParallelism())
  return option.argParser(parseParallel).default(processors, 'one for each processor')
}

function parseParallel(text: string): number {
  const count = parsePositiveNumber(text)
  if (count <= MAX_PARALLEL) return count
  throw new InvalidArgumentError(`It must be at most ${MAX_PARALLEL}.`)
}

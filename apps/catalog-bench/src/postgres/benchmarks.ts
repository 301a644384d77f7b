import { isAvailable } from '@catalog/testkit/running'
import type { Benchmarks, Results, Settings } from '../settings.ts'
import { measureCommitting } from './committing.ts'
import { measureReading } from './reading.ts'
import { measureWatching } from './watching.ts'

export const postgresBenchmarks: Benchmarks = {
  committing: withServer('committing', measureCommitting),
  watching: withServer('watching', measureWatching),
  reading: withServer('reading', measureReading),
}

function withServer(name: string, measure: (settings: Settings) => Promise<Results>): Benchmarks[string] {
  return async (settings) =>
    isAvailable('postgres') ? await measure(settings) : [{ name, skipped: 'no PostgreSQL server' }]
}

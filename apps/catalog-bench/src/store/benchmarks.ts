import type { Benchmarks, Results, Settings } from '../settings.ts'
import { Catalogs } from './catalogs.ts'
import { measureHugeOpening, measureOpening } from './opening.ts'
import { measureGet, measureList } from './reading.ts'
import { measureResolve } from './resolving.ts'
import { measureSize } from './size.ts'
import { measureManyCallers, measureManyCallersInMany, measureOneCaller } from './throughput.ts'

const catalogsByWorkspace = new WeakMap<object, Catalogs>()

export const storeBenchmarks: Benchmarks = {
  one: measureOneCaller,
  many: measureManyCallers,
  'many-in-many': withCatalogs(measureManyCallersInMany),
  size: withCatalogs(measureSize),
  get: withCatalogs(measureGet),
  list: withCatalogs(measureList),
  resolve: withCatalogs(measureResolve),
  opening: withCatalogs(measureOpening),
  huge: withCatalogs(measureHugeOpening),
}

/** The groups of one run share the catalogs that they need. */
function withCatalogs(
  measure: (settings: Settings, catalogs: Catalogs) => Promise<Results>,
): Benchmarks[string] {
  return async (settings) => {
    const catalogs = catalogsByWorkspace.get(settings.workspace) ?? new Catalogs(settings.workspace)
    catalogsByWorkspace.set(settings.workspace, catalogs)
    return await measure(settings, catalogs)
  }
}

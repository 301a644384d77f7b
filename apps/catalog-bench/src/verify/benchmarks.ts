import type { Benchmarks } from '../settings.ts'
import { measureManyFiles, measureOneFile } from './digests.ts'
import { measureWasm } from './wasm.ts'

export const verifyBenchmarks: Benchmarks = {
  one: measureOneFile,
  many: measureManyFiles,
  wasm: measureWasm,
}

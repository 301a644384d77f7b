import type { Benchmarks } from '../settings.ts'
import { measureAudit, measureChunks } from './chunks.ts'
import { measureLargeFiles, measureManyFiles, measureOneFile } from './digests.ts'
import { measureFacts } from './facts.ts'
import { measureWasm } from './wasm.ts'

export const verifyBenchmarks: Benchmarks = {
  one: measureOneFile,
  many: measureManyFiles,
  large: measureLargeFiles,
  chunks: measureChunks,
  audit: measureAudit,
  wasm: measureWasm,
  facts: measureFacts,
}

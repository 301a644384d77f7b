import type { Benchmarks } from '../settings.ts'
import { measureScan } from './scanning.ts'
import { measureVerification } from './verifying.ts'

export const importBenchmarks: Benchmarks = { scan: measureScan, verify: measureVerification }

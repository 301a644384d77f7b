import {
  assertOptions,
  createInvalidInput,
  type InputProblem,
  type OptionKinds,
  parseSha256Digest,
  type Sha256Digest,
} from '@catalog/types'
import { parseDigestRequest } from '../digest/digest-request.ts'
import type { ScanRange } from './find-zeros.ts'

/** What is known of a wrong file; each makes more diagnoses possible. */
export interface DiagnoseOptions {
  readonly expectedDigest?: string | undefined
  readonly expectedSizeBytes?: number | undefined
  /** The digest that a full reading found. It is not computed here. */
  readonly foundDigest?: string | undefined
  /** The digest that the full reading before found. */
  readonly previousFoundDigest?: string | undefined
  /** Ids by digest (bare and lower-case), to recognise the file of another entry. */
  readonly knownDigests?: ReadonlyMap<string, string> | undefined
  /** How much of the file is scanned for zeros. Default `ends`. */
  readonly scan?: ScanRange | undefined
  /** Whether the path may be a symbolic link. Default false. */
  readonly followSymlink?: boolean | undefined
  /** Cancels: the promise rejects with the signal's reason and the file is closed. */
  readonly signal?: AbortSignal | undefined
}

const DIAGNOSE_OPTIONS: OptionKinds<DiagnoseOptions> = {
  expectedDigest: 'any',
  expectedSizeBytes: 'any',
  foundDigest: 'any',
  previousFoundDigest: 'any',
  knownDigests: 'any',
  scan: 'any',
  followSymlink: 'boolean',
  signal: 'signal',
}

/** What one diagnosis was asked for, checked. */
export interface DiagnoseRequest {
  readonly path: string
  readonly expectedDigest: Sha256Digest | undefined
  readonly expectedSizeBytes: number | undefined
  readonly foundDigest: Sha256Digest | undefined
  readonly previousFoundDigest: Sha256Digest | undefined
  readonly knownDigests: ReadonlyMap<string, string> | undefined
  readonly scan: ScanRange
  readonly followSymlink: boolean
  readonly signal: AbortSignal
}

/** The request with all defaults filled in, or INVALID_INPUT. */
export function parseDiagnoseRequest(path: unknown, options: DiagnoseOptions): DiagnoseRequest {
  assertOptions(options, DIAGNOSE_OPTIONS)
  const { scan = 'ends', knownDigests, signal = new AbortController().signal } = options
  const { expectedSizeBytes, followSymlink } = options
  const reading = parseDigestRequest(path, { expectedSizeBytes, followSymlink })
  const problems = [...findScanProblems(scan), ...findKnownProblems(knownDigests)]
  if (problems.length > 0) throw createInvalidInput(problems)
  return {
    path: reading.path,
    followSymlink: reading.followSymlink,
    expectedSizeBytes,
    expectedDigest: parseOptionalDigest(options.expectedDigest, 'expectedDigest'),
    foundDigest: parseOptionalDigest(options.foundDigest, 'foundDigest'),
    previousFoundDigest: parseOptionalDigest(options.previousFoundDigest, 'previousFoundDigest'),
    knownDigests,
    scan,
    signal,
  }
}

function parseOptionalDigest(value: string | undefined, field: string): Sha256Digest | undefined {
  return value === undefined ? undefined : parseSha256Digest(value, field)
}

function findScanProblems(scan: ScanRange): readonly InputProblem[] {
  if (scan === 'ends' || scan === 'whole') return []
  return [{ field: 'scan', problem: 'must be ends or whole' }]
}

function findKnownProblems(knownDigests: unknown): readonly InputProblem[] {
  if (knownDigests === undefined || knownDigests instanceof Map) return []
  return [{ field: 'knownDigests', problem: 'must be a Map of ids by digest' }]
}

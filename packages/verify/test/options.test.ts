import type { InputProblem } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import * as verify from '../src/index.ts'
import { isCatalogError } from '../src/index.ts'

/** What an option is given that it does not take. No option takes a symbol. */
const WRONG = Symbol('wrong')

interface Call {
  readonly call: (options: never) => unknown
  readonly options: readonly string[]
  /** Options without which a call is refused. */
  readonly required?: object
}

const digest = verify.parseManifest(`${'0'.repeat(64)}  a`)[0]?.digest ?? expect.unreachable()
const path = '/none/model.gguf'
const map = { digest, sizeBytes: 1, chunkBytes: 16 * 1024 * 1024, chunks: [digest] } as const
const fingerprint = { dev: '1', ino: '1', sizeBytes: 1, mtimeNs: '1', ctimeNs: '1' }
const evidence = { outcome: 'match', digest, fingerprint } as const
const range = { offset: 0, length: 1 }

const reading = ['signal', 'onProgress']
const digesting = [
  ...reading,
  ...['engine', 'followSymlink', 'expectedSizeBytes', 'chunkMap', 'bytesPerSecond'],
]
const checking = [...reading, 'engine', 'followSymlink', 'mode']
const mode = { mode: 'full' }
const verifying = ['threads', 'engine', 'followSymlink']
const auditing = [...reading, 'followSymlink', 'threads']

const FUNCTIONS: Readonly<Record<string, Call>> = {
  digestFile: { call: (options) => verify.digestFile(path, options), options: digesting },
  verifyDigest: { call: (options) => verify.verifyDigest(path, digest, options), options: digesting },
  checkFile: {
    call: (options) => verify.checkFile(path, evidence, options),
    options: checking,
    required: mode,
  },
  auditFile: { call: (options) => verify.auditFile(path, map, options), options: auditing },
  createVerifier: { call: (options) => verify.createVerifier(options), options: verifying },
  createFileVerifier: { call: (options) => verify.createFileVerifier(options), options: verifying },
  diagnoseFile: {
    call: (options) => verify.diagnoseFile(path, options),
    options: [
      ...['expectedDigest', 'expectedSizeBytes', 'foundDigest', 'previousFoundDigest'],
      ...['knownDigests', 'scan', 'followSymlink', 'signal'],
    ],
  },
  verifyManifest: {
    call: (options) => verify.verifyManifest('/none', [{ path: 'a', digest }], options),
    options: [...reading, 'allowExtra', 'verifier'],
  },
  repairRange: {
    call: (options) => verify.repairRange(path, map, range, new Uint8Array(1), options),
    options: ['signal', 'followSymlink'],
  },
  checkShards: {
    call: (options) => verify.checkShards('/none', options),
    options: ['signal', 'followSymlink'],
  },
  openPartialFile: { call: (options) => verify.openPartialFile(path, options), options: ['fromByte'] },
  createDigestStream: {
    call: (options) => verify.createDigestStream(options),
    options: ['expected', 'resumeFrom', 'onCheckpoint', 'checkpointEveryBytes', 'engine', 'path'],
  },
  digestContent: { call: (options) => verify.digestContent(new Blob(['a']), options), options: reading },
  verifyContent: {
    call: (options) => verify.verifyContent(new Blob(['a']), digest, options),
    options: reading,
  },
}

const METHODS: Readonly<Record<string, Call>> = {
  digestFile: { call: (options) => verifier.digestFile(path, options), options: digesting },
  verifyDigest: { call: (options) => verifier.verifyDigest(path, digest, options), options: digesting },
  checkFile: {
    call: (options) => verifier.checkFile(path, evidence, options),
    options: checking,
    required: mode,
  },
  digestFiles: {
    call: (options) => verifier.digestFiles([], options),
    options: [...reading, 'followSymlink', 'bytesPerSecond'],
  },
  auditFile: { call: (options) => verifier.auditFile(path, map, options), options: auditing },
  measureFile: { call: (options) => verifier.measureFile(path, options), options: ['followSymlink'] },
}

/** Functions whose arguments are all positional. */
const WITHOUT_OPTIONS = [
  ...[
    'createSha256',
    'describeDiagnosis',
    'digestManifest',
    'findShards',
    'formatChunkMap',
    'formatManifest',
  ],
  ...['isCatalogError', 'parseChunkMap', 'parseManifest', 'removeCheckpoint', 'resumeDownload'],
  'saveCheckpoint',
]

const verifier = verify.createVerifier()

it('the tables have every function of the package and every method of a verifier', () => {
  expect([...Object.keys(FUNCTIONS), ...WITHOUT_OPTIONS].sort()).toEqual(Object.keys(verify).sort())
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(verifier))
  expect([...Object.keys(METHODS), 'close', 'constructor'].sort()).toEqual(methods.sort())
})

/** The problems of INVALID_INPUT; whatever else comes of the call fails the test. */
async function findProblems({ call }: Call, options: unknown): Promise<readonly InputProblem[]> {
  try {
    await call(options as never)
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.details.problems
    throw error
  }
  return []
}

const ALL: readonly (readonly [string, Call])[] = [
  ...Object.entries(FUNCTIONS),
  ...Object.entries(METHODS).map(([name, call]) => [`verifier.${name}`, call] as const),
]

describe.each(ALL)('%s', (_name, call) => {
  const required = call.required ?? {}

  it.each(call.options)('refuses %s if it is misspelt, and names it', async (name) => {
    const problem = `is not an option: did you mean ${name}?`
    expect(await findProblems(call, { ...required, [`${name}s`]: 1 })).toEqual([
      { field: `${name}s`, problem },
    ])
  })

  it.each(call.options)('refuses %s of a wrong type', async (name) => {
    const problems = await findProblems(call, { ...required, [name]: WRONG })
    expect(problems.map(({ field }) => field)).toContain(name)
  })

  it.each([
    ['/path', 'a string'],
    [5, 'a number'],
    [null, 'null'],
    [[], 'an array'],
  ])('refuses %j where the options belong', async (options, found) => {
    const problem = `must be an object, not ${found}`
    expect(await findProblems(call, options)).toEqual([{ field: 'options', problem }])
  })
})

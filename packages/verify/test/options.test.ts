import { describeOptions, type OptionsCall } from '@catalog/testkit/private'
import { expect, it } from 'vitest'
import * as verify from '../src/index.ts'

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
const verifying = ['threads', 'engine', 'followSymlink', 'probeDirectories']
const auditing = [...reading, 'followSymlink', 'threads']

const FUNCTIONS: Readonly<Record<string, OptionsCall>> = {
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
  readModelFacts: {
    call: (options) => verify.readModelFacts(path, options),
    options: ['followSymlink', 'signal'],
  },
  verifyManifest: {
    call: (options) => verify.verifyManifest('/none', [{ path: 'a', digest }], options),
    options: [...reading, 'allowExtra', 'ignoreMissing', 'symlinks', 'verifier'],
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
  copyVerified: {
    call: (options) => verify.copyVerified(path, `${path}.copy`, options),
    options: ['expectedSizeBytes', 'followSymlink', ...reading],
    required: { expected: digest },
  },
  createDigestStream: {
    call: (options) => verify.createDigestStream(options),
    options: ['expected', 'resumeFrom', 'onCheckpoint', 'checkpointEveryBytes', 'engine', 'path'],
  },
  digestContent: { call: (options) => verify.digestContent(new Blob(['a']), options), options: reading },
  verifyContent: {
    call: (options) => verify.verifyContent(new Blob(['a']), digest, options),
    options: reading,
  },
  parseManifest: {
    call: (options) => verify.parseManifest(`${'0'.repeat(64)}  a`, options),
    options: ['anyPath'],
  },
}

const METHODS: Readonly<Record<string, OptionsCall>> = {
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
    'findListedDigest',
    'findShards',
    'formatChunkMap',
    'formatManifest',
  ],
  ...['isCatalogError', 'parseChunkMap', 'removeCheckpoint', 'resumeDownload'],
  'saveCheckpoint',
]

const verifier = verify.createVerifier()

it('the tables have every function of the package and every method of a verifier', () => {
  expect([...Object.keys(FUNCTIONS), ...WITHOUT_OPTIONS].sort()).toEqual(Object.keys(verify).sort())
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(verifier))
  expect([...Object.keys(METHODS), 'close', 'constructor'].sort()).toEqual(methods.sort())
})

describeOptions({
  ...FUNCTIONS,
  ...Object.fromEntries(Object.entries(METHODS).map(([name, call]) => [`verifier.${name}`, call])),
})

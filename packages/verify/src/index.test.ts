import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import * as verify from './index.ts'

const VALUES = [
  'auditFile',
  'checkFile',
  'checkShards',
  'createDigestStream',
  'createFileVerifier',
  'createSha256',
  'createVerifier',
  'describeFinding',
  'diagnoseFile',
  'digestContent',
  'digestFile',
  'digestManifest',
  'findShards',
  'formatChunkMap',
  'formatManifest',
  'isCatalogError',
  'openPartialFile',
  'parseChunkMap',
  'parseManifest',
  'removeCheckpoint',
  'repairRange',
  'resumeDownload',
  'saveCheckpoint',
  'verifyContent',
  'verifyDigest',
  'verifyManifest',
]
const TYPES = [
  'AuditOptions',
  'AuditResult',
  'ByteRange',
  'CheckMode',
  'CheckOptions',
  'ChunkMap',
  'ChunkedFileDigest',
  'Compression',
  'Content',
  'ContentDigest',
  'ContentOptions',
  'ContentProgress',
  'DiagnoseOptions',
  'DigestEngine',
  'DigestOptions',
  'DigestProgress',
  'DigestStream',
  'DigestStreamOptions',
  'DownloadStart',
  'EngineChoice',
  'ExpectedChunkMap',
  'FileCheck',
  'FileDigest',
  'FileEvidence',
  'FileIdentity',
  'FileVerifier',
  'Finding',
  'Fingerprint',
  'FoundShardProblem',
  'FoundShardSet',
  'HashCheckpoint',
  'ManifestCheck',
  'ManifestFile',
  'ManifestLine',
  'ManifestOptions',
  'ManifestProblem',
  'ModelFormat',
  'PageKind',
  'PartialFileOptions',
  'ReadingOptions',
  'RepairOptions',
  'ReplacementBytes',
  'ResumableSha256',
  'ScanRange',
  'Sha256',
  'Sha256Digest',
  'ShardCheck',
  'ShardIndexCheck',
  'ShardIndexProblem',
  'ShardOptions',
  'ShardSet',
  'ShardSetProblem',
  'StartOverReason',
  'StreamDigest',
  'StreamTail',
  'Verifier',
  'VerifierOptions',
]

it('exports these values and no others', () => {
  expect(Object.keys(verify).sort()).toEqual(VALUES)
})

it('exports these names, types included, and no others', async () => {
  const source = await readFile(new URL('./index.ts', import.meta.url), 'utf8')
  const lists = [...source.matchAll(/export (?:type )?\{([^}]*)\}/gu)].flatMap(([, list = '']) =>
    list.split(','),
  )
  const names = lists.map((name) => name.replace('type ', '').trim()).filter((name) => name !== '')
  expect(names.sort()).toEqual([...VALUES, ...TYPES].sort())
})

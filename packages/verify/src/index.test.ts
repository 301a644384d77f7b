import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import * as verify from './index.ts'

const VALUES = [
  'createDigestStream',
  'createSha256',
  'createVerifier',
  'digestFile',
  'isCatalogError',
  'openPartialFile',
  'removeCheckpoint',
  'resumeDownload',
  'saveCheckpoint',
  'verifyDigest',
]
const TYPES = [
  'DigestEngine',
  'DigestOptions',
  'DigestProgress',
  'DigestStream',
  'DigestStreamOptions',
  'DownloadStart',
  'EngineChoice',
  'FileDigest',
  'FileIdentity',
  'FileVerifier',
  'Fingerprint',
  'HashCheckpoint',
  'PartialFileOptions',
  'ReadingOptions',
  'ResumableSha256',
  'Sha256',
  'Sha256Digest',
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

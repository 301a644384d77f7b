import { toFingerprint } from '@catalog/system-calls'
import type {
  DiagnosisNote,
  FileInspector,
  FileVerifier,
  Fingerprint,
  FoundShards,
  OpenModelFile,
  ReadFileOptions,
} from '@catalog/types'
import { describeDiagnosis } from './diagnosis/describe-diagnosis.ts'
import { diagnoseFile } from './diagnosis/diagnose-file.ts'
import type { Diagnosis } from './diagnosis/diagnosis.ts'
import { takeFirstLook } from './diagnosis/first-look.ts'
import { createVerifier } from './digest/create-verifier.ts'
import type { VerifierOptions } from './digest/verifier.ts'
import { readFacts } from './facts/read-model-facts.ts'
import { readFingerprint } from './file/read-fingerprint.ts'
import { openRegularFile, statRegularFile } from './file/regular-file.ts'
import { digestManifest } from './manifest/manifest.ts'
import { readShardNames } from './shards/check-shard-index.ts'
import { findShards, type ShardSet } from './shards/find-shards.ts'
import { checkpointPath } from './stream/checkpoint-file.ts'
import { resumeDownload } from './stream/resume-download.ts'

/**
 * The port `FileVerifier` of `@catalog/types`: a verifier with threads of its own, and everything else that a
 * catalog asks of files. The caller closes it.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 */
export function createFileVerifier(options: VerifierOptions = {}): FileVerifier {
  const inspector: FileInspector = {
    statFile,
    readFingerprint,
    openFile,
    resumeDownload: (path) => resumeDownload(path),
    checkpointPathOf: checkpointPath,
    digestManifest,
    findShards: (paths) => findShards(paths).map(toFoundShards),
    findIndexedShards: readShardNames,
    readFacts,
    async diagnoseFile(path, wrong) {
      return (await diagnoseFile(path, wrong)).map(toNote)
    },
    async takeFirstLook(path, look) {
      const { refusals, notes } = await takeFirstLook(path, look)
      return { refusals: refusals.map(toNote), notes: notes.map(toNote) }
    },
  }
  return Object.assign(createVerifier(options), inspector)
}

function toNote(diagnosis: Diagnosis): DiagnosisNote {
  return { kind: diagnosis.kind, text: describeDiagnosis(diagnosis) }
}

async function statFile(path: string, { followSymlink = false }: ReadFileOptions = {}): Promise<Fingerprint> {
  return toFingerprint(await statRegularFile(path, followSymlink))
}

async function openFile(
  path: string,
  { followSymlink = false }: ReadFileOptions = {},
): Promise<OpenModelFile> {
  const { handle, stats, sizeBytes } = await openRegularFile(path, followSymlink)
  return { path, fd: handle.fd, sizeBytes, fingerprint: toFingerprint(stats), close: () => handle.close() }
}

function toFoundShards({ name, paths, problems }: ShardSet): FoundShards {
  const missing = problems.filter((problem) => problem.kind === 'missing-shards')
  return {
    name,
    present: paths,
    missing: missing.flatMap((problem) => problem.paths),
    missingCount: missing.reduce((sum, { count }) => sum + count, 0),
  }
}

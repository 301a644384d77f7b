/**
 * What the packages that touch a disk need around Node's calls: what its errors mean, which file a `stat` shows, and
 * calls that go on until all is done. Bundled into each of them.
 */
export { readAt, writeAt } from './bytes.ts'
export { makeDirectory, syncDirectory } from './directory.ts'
export { errnoOf, isMissing, toDiskError, toFileError, withDiskErrors, withFileErrors } from './disk-error.ts'
export { kindOf } from './file-kind.ts'
export { type FileSystemType, findFileSystemType } from './file-system-type.ts'
export { findFingerprintChanges, toFingerprint } from './fingerprint.ts'
export { type OpenFile, openRegular, readLimited } from './read-limited.ts'
export { setTimesOf, syncDataOf, syncHandle } from './sync-handle.ts'
export { type FoundName, walkDirectory } from './walk-directory.ts'

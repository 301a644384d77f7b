import { type BigIntStats, lstatSync, statSync } from 'node:fs'
import { toFileError, toFingerprint } from '@catalog/system-calls'
import type { Fingerprint, ReadFileOptions } from '@catalog/types'
import { assertRegular } from './regular-file.ts'

/**
 * The fingerprint of a regular file, by one `lstat` in the caller's own turn: a few microseconds, where a call by way of
 * a thread would take ten times as long. FILE_MISSING, NOT_A_REGULAR_FILE, IO.
 */
export function readFingerprint(path: string, { followSymlink = false }: ReadFileOptions = {}): Fingerprint {
  const stats = lookAt(path, followSymlink)
  assertRegular(stats, path)
  return toFingerprint(stats)
}

function lookAt(path: string, followSymlink: boolean): BigIntStats {
  try {
    return (followSymlink ? statSync : lstatSync)(path, { bigint: true })
  } catch (error) {
    throw toFileError(error, 'stat', path)
  }
}

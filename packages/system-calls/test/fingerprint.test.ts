import { type BigIntStats, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findFingerprintChanges, toFingerprint } from '../src/index.ts'

function statsBornAt(birthtimeNs: bigint): BigIntStats {
  return Object.assign(statSync('.', { bigint: true }), { birthtimeNs })
}

describe('the birth time of a fingerprint', () => {
  it('is that of stat', () => {
    expect(toFingerprint(statsBornAt(5n))).toMatchObject({ birthtimeNs: '5' })
  })

  it('is absent where the file system has none', () => {
    expect(toFingerprint(statsBornAt(0n))).not.toHaveProperty('birthtimeNs')
  })

  it('differs only if both have one', () => {
    const [none, five, six] = [0n, 5n, 6n].map((ns) => toFingerprint(statsBornAt(ns)))
    if (none === undefined || five === undefined || six === undefined) return expect.unreachable()
    expect(findFingerprintChanges(five, six)).toEqual(['birthtimeNs'])
    expect(findFingerprintChanges(five, five)).toEqual([])
    expect(findFingerprintChanges(five, none)).toEqual([])
    expect(findFingerprintChanges(none, six)).toEqual([])
  })
})

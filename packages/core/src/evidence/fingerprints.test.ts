import { sampleDigest, sampleFileDigest } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { findChanges, inodeOf, isSameButCtime, isStale, toPlain } from './fingerprints.ts'

const { fingerprint } = sampleFileDigest(sampleDigest(1))
const born = { ...fingerprint, birthtimeNs: '5' }

describe('findChanges', () => {
  it.each(['dev', 'ino', 'mtimeNs', 'ctimeNs'] as const)('names the %s that differs', (field) => {
    expect(findChanges(fingerprint, { ...fingerprint, [field]: '7' })).toEqual([field])
  })

  it('names a size that differs, and nothing of the same file', () => {
    expect(findChanges(fingerprint, { ...fingerprint, sizeBytes: 7 })).toEqual(['sizeBytes'])
    expect(findChanges(born, born)).toEqual([])
  })

  it('names a birth time that differs, and only if both have one', () => {
    expect(findChanges(born, { ...born, birthtimeNs: '6' })).toEqual(['birthtimeNs'])
    expect(findChanges(born, fingerprint)).toEqual([])
    expect(findChanges(fingerprint, born)).toEqual([])
  })
})

it('a file of another ctime is the same file, and is stale', () => {
  const linked = { ...fingerprint, ctimeNs: '7' }
  expect([isSameButCtime(fingerprint, linked), isStale(['ctimeNs'])]).toEqual([true, true])
  const written = { ...linked, mtimeNs: '7' }
  expect([isSameButCtime(fingerprint, written), isStale(['mtimeNs', 'ctimeNs'])]).toEqual([false, false])
  expect([isSameButCtime(fingerprint, fingerprint), isStale([])]).toEqual([true, false])
})

it('an inode is known by its device and number', () => {
  expect(inodeOf(fingerprint)).toBe('2049:4242')
})

it('a plain fingerprint has its birth time, and nothing of another version', () => {
  expect(toPlain({ ...born, later: 1 } as never)).toEqual(born)
  expect(toPlain(fingerprint)).toEqual(fingerprint)
  expect(toPlain(fingerprint)).not.toHaveProperty('birthtimeNs')
})

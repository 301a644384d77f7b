import { sampleDigest, sampleEntry, sampleFileDigest } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { parsePrepared, parseReplaced, sharingNamesOf } from './replaced-name.ts'
import { addToList, isAsKnown, listOf } from './survey.ts'

const { fingerprint: known } = sampleFileDigest(sampleDigest(1))

it('a list has each value once, and is empty for a key without any', () => {
  const lists = new Map<string, number[]>()
  for (const value of [1, 2, 1]) addToList(lists, 'a', value)
  expect([listOf(lists, 'a'), listOf(lists, 'b')]).toEqual([[1, 2], []])
})

it('a file is as it is known if it is there, and in the state that was read', () => {
  const file = {
    ...{ entry: { ...sampleEntry(), revision: 1 }, reference: { file: 'm' }, path: '/models/m' },
    ...{ own: undefined, isAbsent: false },
  }
  const there = { kind: 'file' as const, fingerprint: known }
  expect(isAsKnown({ ...file, known, sight: there })).toBe(true)
  expect(isAsKnown({ ...file, known: { ...known, ctimeNs: '7' }, sight: there })).toBe(false)
  expect(isAsKnown({ ...file, known: undefined, sight: there })).toBe(false)
  expect(isAsKnown({ ...file, known, sight: { kind: 'missing' } })).toBe(false)
})

it('what sharing makes beside a file is known by its name as that of the file', () => {
  const { aside, prepared } = sharingNamesOf('/models/m.gguf')
  expect([parseReplaced(aside), parsePrepared(prepared)]).toEqual(['/models/m.gguf', '/models/m.gguf'])
  expect([parseReplaced(prepared), parsePrepared(aside)]).toEqual([undefined, undefined])
})

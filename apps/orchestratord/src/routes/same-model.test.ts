import { sampleDigest, sampleEntry } from '@catalog/testkit'
import type { DigestOrigin } from 'model-catalog'
import { expect, it } from 'vitest'
import { isSameModel } from './same-model.ts'

const digest = sampleDigest(1)
const source = 'https://models.example/m.gguf'

it.each<[origin: DigestOrigin, declared: boolean]>([
  ['caller', true],
  ['hub', true],
  ['name', false],
  ['computed', false],
])('a digest whose origin is %s was declared by a registration: %s', (digestOrigin, declared) => {
  const entry = { ...sampleEntry({ id: 'm', digest }), name: 'm', source, digestOrigin, revision: 2 }
  expect(isSameModel(entry, { id: 'm', source, digest })).toBe(declared)
  expect(isSameModel(entry, { id: 'm', source })).toBe(!declared)
})

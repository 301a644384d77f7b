import { describe, expect, it } from 'vitest'
import { findInvalidFields } from '../../test/input-problems.ts'
import type { Attribution } from '../input/registration.ts'
import { parseAttribution, parseRegistration } from './registration-schema.ts'

const minimal = { id: 'org/model', source: 'hf:org/model' }
const hex = 'ab'.repeat(32)

describe('parseRegistration', () => {
  it('returns every field, the digest in its one spelling', () => {
    const input = {
      ...minimal,
      digest: `sha256:${hex.toUpperCase()}`,
      name: 'Modèle 🦙',
      sizeBytes: 0,
      file: 'org/model.gguf',
      tags: ['gguf', 'q4'],
      actor: 'provisioner',
      reason: 'nightly',
    }
    expect(parseRegistration(input)).toEqual({ ...input, digest: hex })
  })

  it.each(['sha256:', 'sha256-', 'SHA256:', ''])('takes a digest with the prefix "%s"', (prefix) => {
    expect(parseRegistration({ ...minimal, digest: `${prefix}${hex}` })).toMatchObject({ digest: hex })
  })

  it.each([
    ['absent', {}],
    ['undefined', { digest: undefined }],
    ['null', { digest: null }],
  ])('takes a digest that is %s as not known yet', (_what, digest) => {
    expect(parseRegistration({ ...minimal, ...digest })).toEqual({ ...minimal, digest: null })
  })

  it.each(['/srv/a.gguf', 'C:\\models\\a.gguf', 'c:/models/a.gguf', '\\\\server\\share\\a.gguf'])(
    'accepts the location %s',
    (location) => {
      expect(parseRegistration({ ...minimal, location }).location).toBe(location)
    },
  )

  it.each<[field: string, value: unknown]>([
    ['id', undefined],
    ['id', '../x'],
    ['source', undefined],
    ['source', ''],
    ['source', 'x'.repeat(4097)],
    ['source', 'a\u001B[31m'],
    ['digest', ''],
    ['digest', 'abc'],
    ['digest', 5],
    ['digestOrigin', 'hub'],
    ['name', ''],
    ['name', null],
    ['name', 'x'.repeat(501)],
    ['name', '\uD800'],
    ['sizeBytes', -1],
    ['sizeBytes', 1.5],
    ['sizeBytes', Number.NaN],
    ['sizeBytes', 2 ** 53],
    ['sizeBytes', '5'],
    ['file', '../a'],
    ['file', ''],
    ['location', 'relative/a.gguf'],
    ['location', '/mnt/big/.catalog-volume'],
    ['location', 'D:\\.catalog-volume'],
    ['tags', 'gguf'],
    ['tags', Array(65).fill('t')],
    ['tags.1', ['ok', '']],
    ['actor', 'x'.repeat(1001)],
    ['reason', 'a\nb'],
  ])('refuses a wrong %s: %j', (field, value) => {
    const [key = ''] = field.split('.')
    expect(findInvalidFields(() => parseRegistration({ ...minimal, [key]: value }))).toEqual([field])
  })

  it.each(['colour', 'state', 'revision', 'constructor', '__proto__'])(
    'names the unknown field %s',
    (key) => {
      const input: unknown = JSON.parse(`{"id":"a","source":"b","${key}":1}`)
      expect(findInvalidFields(() => parseRegistration(input))).toEqual([key])
    },
  )

  it('gathers all problems at once', () => {
    const input = {
      id: 7,
      source: '',
      digest: 'x',
      file: 'a',
      location: '/a',
      tags: [''],
      colour: 1,
      size: 2,
    }
    const fields = ['colour', 'digest', 'id', 'location', 'size', 'source', 'tags.0']
    expect(findInvalidFields(() => parseRegistration(input))).toEqual(fields)
  })

  it.each<[what: string, place: object, isTaken: boolean]>([
    ['a location', { location: '/hub/snapshots/abc' }, true],
    ['a file', { file: 'a' }, false],
    ['no place', {}, false],
  ])('takes where links may lead only together with a location: %s', (_what, place, isTaken) => {
    const parse = () => parseRegistration({ ...minimal, linksInto: '/hub/blobs', ...place })
    if (isTaken) expect(parse()).toMatchObject({ linksInto: '/hub/blobs' })
    else expect(findInvalidFields(parse)).toEqual(['linksInto'])
  })

  it('refuses a directory for links that is not an absolute path', () => {
    const input = { ...minimal, location: '/a', linksInto: 'blobs' }
    expect(findInvalidFields(() => parseRegistration(input))).toEqual(['linksInto'])
  })

  it('refuses file and location together', () => {
    const input = { ...minimal, file: 'a', location: '/a' }
    expect(findInvalidFields(() => parseRegistration(input))).toEqual(['location'])
  })

  it.each(['computed', 'oracle', null])('refuses the origin %j of a digest', (digestOrigin) => {
    const input = { ...minimal, digest: hex, digestOrigin }
    expect(findInvalidFields(() => parseRegistration(input))).toEqual(['digestOrigin'])
  })

  it.each<[what: string, more: object, isTaken: boolean]>([
    ['a digest', { digest: hex }, true],
    ['a digest of every file', { files: [{ path: 'a', digest: hex }] }, true],
    ['no digest', { digest: null }, false],
    ['a file without a digest', { files: [{ path: 'a', digest: hex }, { path: 'b' }] }, false],
  ])('takes the origin of a digest only together with one: %s', (_what, more, isTaken) => {
    const parse = () => parseRegistration({ ...minimal, digestOrigin: 'hub', ...more })
    if (isTaken) expect(parse()).toMatchObject({ digestOrigin: 'hub' })
    else expect(findInvalidFields(parse)).toEqual(['digestOrigin'])
  })

  it.each([undefined, null, 'text', 7, [[]]])('refuses %j instead of an object', (input) => {
    expect(findInvalidFields(() => parseRegistration(input))).toEqual(['registration'])
  })
})

describe('parseAttribution', () => {
  it('leaves the other options alone', () => {
    const options: Attribution & { signal: null } = { actor: 'a', reason: 'b', signal: null }
    expect(parseAttribution(options)).toEqual({ actor: 'a', reason: 'b' })
  })

  it('names what is wrong', () => {
    expect(findInvalidFields(() => parseAttribution({ actor: '', reason: '\0' }))).toEqual([
      'actor',
      'reason',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { findInvalidFields } from '../../test/input-problems.ts'
import { isCatalogError } from '../error/catalog-error.ts'
import { foldModelId, parseModelId } from './model-id.ts'

const good = [
  'llama-3.1-8b-instruct',
  'meta-llama/Llama-3.1-8B-Instruct',
  'a',
  '0',
  'a/b/c/d',
  'constructor',
  'toString',
  'hasOwnProperty',
  'console',
  'com10',
  'a.con',
  'a..b',
  'x'.repeat(200),
]

const bad: readonly [what: string, value: unknown][] = [
  ['empty', ''],
  ['longer than 200', 'x'.repeat(201)],
  ['1 MB long', 'x'.repeat(2 ** 20)],
  ['1 MB of separators', '/'.repeat(2 ** 20)],
  ['a parent', '..'],
  ['a path to a parent', '../x'],
  ['a parent in the middle', 'a/../b'],
  ['the directory itself', 'a/./b'],
  ['absolute', '/abs'],
  ['with an empty segment', 'a//b'],
  ['with a trailing slash', 'a/'],
  ['with a backslash', 'a\\b'],
  ['with a drive', 'C:x'],
  ['with a stream', 'a:stream'],
  ['with NUL', 'a\0b'],
  ['with a newline at the end', 'a\n'],
  ['with a space', 'a b'],
  ['with a space at the end', 'a '],
  ['with a dot at the end', 'a.'],
  ['with a dot at the end of a directory', 'a./b'],
  ['a hidden file', '.a'],
  ['a prototype', '__proto__'],
  ['a device', 'con'],
  ['a device with an extension', 'nul.gguf'],
  ['a device in a directory', 'a/con'],
  ['a device as a directory', 'aux/a'],
  ['a device in capitals', 'COM1.txt'],
  ['with letters beyond ASCII', 'modèle'],
  ['from right to left', 'a\u202Egguf'],
  ['with a zero-width space', 'a\u200Bb'],
  ['with a lone surrogate', 'a\uD800'],
  ['a number', 7],
  ['null', null],
  ['undefined', undefined],
  ['an object that reads as an id', { toString: () => 'a' }],
]

describe('parseModelId', () => {
  it.each(good)('accepts %s as it is', (id) => {
    expect(parseModelId(id)).toBe(id)
  })

  it.each(bad)('refuses an id that is %s', (_what, value) => {
    expect(findInvalidFields(() => parseModelId(value))).toEqual(['id'])
  })

  it.each([
    ['https://bob:hunter2@host.example/x?token=hunter2', /":" at character 6/u],
    ['org/hunter2@host', /"@" at character 12/u],
    ['org/-hunter2', /"-" at character 5/u],
    ['org//hunter2', /empty segment at character 5/u],
    ['hunter2.', /at character 8/u],
    ['nul.hunter2', /"nul"/u],
    ['a\u{1F600}hunter2', /"\u{1F600}" at character 2/u],
  ])('says of %j which character is wrong, and quotes no more', (value, place) => {
    expect(() => parseModelId(value)).toThrow(place)
    expect(() => parseModelId(value)).not.toThrow(/hunter2/u)
  })

  it.each(['\u202Egguf', 'a\u009B31m', 'a\u{E0001}'])(
    'quotes %j without its invisible characters',
    (value) => {
      let message = ''
      try {
        parseModelId(value)
      } catch (error) {
        if (isCatalogError(error)) message = error.message
      }
      expect(message).toMatch(/^\P{C}+$/u)
    },
  )
})

describe('foldModelId', () => {
  it('gives ids that differ only in case one form', () => {
    expect(foldModelId('Org/Model-7B')).toBe(foldModelId('org/model-7b'))
  })
})

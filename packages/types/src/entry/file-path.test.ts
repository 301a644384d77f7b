import { describe, expect, it } from 'vitest'
import { filePathSchema } from '../schema/value-schemas.ts'

const good = [
  'a.gguf',
  'org/model/part-00001-of-00002.safetensors',
  'modèle 7B.gguf',
  '.hidden/a',
  'catalog.jsonl',
  'my-catalog.json',
  'catalog.json.gguf',
  'sub/catalog.json',
  'sub/.catalog',
  '.catalogue/a',
  '.catalog-volume.gguf',
  'my.catalog-volume',
  'constructor',
  '__proto__',
  'console.gguf',
  'x'.repeat(1024),
]

const bad: readonly [what: string, value: unknown][] = [
  ['empty', ''],
  ['longer than 1024', 'x'.repeat(1025)],
  ['1 MB of dots', '.'.repeat(2 ** 20)],
  ['the view', 'catalog.json'],
  ['the view in capitals', 'CATALOG.JSON'],
  ['a file where the view goes', 'catalog.json/a'],
  ['the journal directory', '.catalog'],
  ['a file in the journal directory', '.catalog/journal-000001.jsonl'],
  ['a file in the journal directory in capitals', '.Catalog/x'],
  ['the anchor of a volume', '.catalog-volume'],
  ['the anchor of a volume in a directory', 'org/.Catalog-Volume'],
  ['an anchor on its way to its name', 'org/.catalog-volume.0b4c.tmp'],
  ['below an anchor', '.catalog-volume/a'],
  ['absolute', '/etc/passwd'],
  ['a parent', '..'],
  ['a path to a parent', '../a'],
  ['a parent in the middle', 'a/../../b'],
  ['the directory itself', './catalog.json'],
  ['with an empty segment', 'a//b'],
  ['with a trailing slash', 'a/'],
  ['with a backslash', '..\\a'],
  ['with a drive', 'C:a'],
  ['with a stream', 'a.gguf:stream'],
  ['with NUL', 'a\0.gguf'],
  ['with an escape character', 'a\u001B[31m'],
  ['with a one-character escape sequence', 'a\u009B31m'],
  ['with a lone surrogate', 'a\uDC00'],
  ['with a dot at the end', 'a/b.'],
  ['with a space at the end of a directory', 'a /b'],
  ['a device', 'NUL'],
  ['a device with extensions', 'a/com1.tar.gz'],
  ['a device with a space before the extension', 'nul .gguf'],
  ['a device with a raised digit', 'COM¹'],
  ['the console', 'conin$'],
  ['a number', 7],
  ['null', null],
]

describe('filePathSchema', () => {
  it.each(good)('accepts %s as it is', (path) => {
    expect(filePathSchema.parse(path)).toBe(path)
  })

  it.each(bad)('refuses a path that is %s', (_what, value) => {
    expect(filePathSchema.safeParse(value).success).toBe(false)
  })
})

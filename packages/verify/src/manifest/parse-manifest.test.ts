import { isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { formatManifest } from './manifest.ts'
import { parseManifest } from './parse-manifest.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)
const TWO = [
  { path: 'a b.gguf', digest: A },
  { path: 'sub/b', digest: B },
]

function problemsOf(text: string): readonly string[] {
  try {
    parseManifest(text)
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return error.details.problems.map(({ field }) => field)
    throw error
  }
  return expect.unreachable('it was taken')
}

describe('a list of sha256sum', () => {
  it.each([
    ['text mode', `${A}  a b.gguf\n${B}  sub/b\n`],
    ['binary mode', `${A} *a b.gguf\n${B} *sub/b\n`],
    ['CRLF', `${A}  a b.gguf\r\n${B}  sub/b\r\n`],
    ['no newline at the end', `${A}  a b.gguf\n${B}  sub/b`],
    ['upper case', `${A.toUpperCase()}  a b.gguf\n${B}  sub/b\n`],
    ['a byte order mark', `\uFEFF${A}  a b.gguf\n${B}  sub/b\n`],
    ['comments and empty lines', `# of the model\n\n${A}  a b.gguf\n\r\n${B}  sub/b\n`],
    ['names from find', `${A}  ./a b.gguf\n${B}  .//sub/b\n`],
  ])('is read in %s', (_name, text) => {
    expect(parseManifest(text)).toEqual(TWO)
  })

  it('comes back from what formatManifest gives', () => {
    expect(parseManifest(formatManifest(TWO))).toEqual(TWO)
  })

  it('keeps a name that begins with a space or an asterisk', () => {
    expect(parseManifest(`${A}   a\n${A}  *b\n${A} **c\n`).map(({ path }) => path)).toEqual([
      ' a',
      '*b',
      '*c',
    ])
  })
})

describe('refused, with the number of the line', () => {
  it.each([
    ['an absolute path', `${A}  /etc/passwd`],
    ['a path out of the root', `${A}  ../a`],
    ['a path out of the root further on', `${A}  a/../../b`],
    ['a path out of the root behind ./', `${A}  ./../a`],
    ['no path but ./', `${A}  ./`],
    ['a directory', `${A}  a/`],
    ['a Windows path', `${A}  C:/a`],
    ['MD5', `${'a'.repeat(32)}  a`],
    ['SHA-512', `${'a'.repeat(128)}  a`],
    ['no digest', 'a file'],
    ['no name', `${A}  `],
    ['one space', `${A} a`],
    ['the format of --tag', `SHA256 (a) = ${A}`],
    ['an escaped backslash', `\\${A}  a\\\\b`],
    ['an escaped newline', `\\${A}  a\\nb`],
    ['an escaped carriage return', `\\${A}  a\\rb`],
    ['an unknown escape', `\\${A}  a\\tb`],
    ['a bare carriage return', `${A}  a\rb`],
    ['a NUL', `${A}  a\0b`],
    ['a path twice', `${A}  first`],
    ['a path twice, once with ./', `${A}  ./first`],
  ])('%s', (_name, line) => {
    expect(problemsOf(`${B}  first\n# a comment\n${line}\n${B}  last\n`)).toEqual(['line 3'])
  })

  it('each wrong line, but not ten thousand of them', () => {
    expect(problemsOf(`x\n${A}  a\ny\n`)).toEqual(['line 1', 'line 3'])
    expect(problemsOf('x\n'.repeat(1e4))).toHaveLength(21)
  })

  it.each(['', '\n\n', '# nothing\n'])('a list of no files: %j', (text) => {
    expect(problemsOf(text)).toEqual(['manifest'])
  })

  it('what is no text', () => {
    expect(problemsOf(new Uint8Array() as unknown as string)).toEqual(['manifest'])
  })
})

it('an escaped name without anything to escape is that name', () => {
  expect(parseManifest(`\\${A}  a`)).toEqual([{ path: 'a', digest: A }])
})

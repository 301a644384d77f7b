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

function problemsOf(text: string | Uint8Array): readonly string[] {
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
    ['one space', `${A} a b.gguf\n${B} sub/b\n`],
    ['tabs', `${A}\ta b.gguf\n${B}\tsub/b\n`],
    ['a tab and the mark of a mode', `${A}\t a b.gguf\n${B}\t*sub/b\n`],
    ['spaces before the digests', ` \t${A}  a b.gguf\n  ${B}  sub/b\n`],
    ['the format of sha256sum --tag', `SHA256 (a b.gguf) = ${A}\nSHA256 (sub/b) = ${B}\n`],
    ['the format of openssl 1', `SHA256(a b.gguf)= ${A}\nSHA256(sub/b)= ${B}\n`],
    ['the format of openssl 3', `SHA2-256(a b.gguf)= ${A}\r\nSHA2-256(sub/b)= ${B}\r\n`],
    ['tags and digests', `SHA256 (a b.gguf) = ${A}\n${B}  sub/b\n`],
    ['lines that are there twice', `${A}  a b.gguf\n${B}  sub/b\n${A} *./a b.gguf\n${A}  a b.gguf\n`],
    ['names from find', `${A}  ./a b.gguf\n${B}  .//sub/b\n`],
  ])('is read in %s', (_name, text) => {
    expect(parseManifest(text)).toEqual(TWO)
    expect(parseManifest(new TextEncoder().encode(text))).toEqual(TWO)
  })

  it('begins with its digest also where the name looks like the rest of a tag', () => {
    expect(parseManifest(`${A} (a) = b`)).toEqual([{ path: '(a) = b', digest: A }])
    expect(parseManifest(`${A} (a) = ${B}`)).toEqual([{ path: `(a) = ${B}`, digest: A }])
    expect(parseManifest(`SHA256 (a) = ${B}) = ${A}`)).toEqual([{ path: `a) = ${B}`, digest: A }])
  })

  it('comes back from what formatManifest gives', () => {
    expect(parseManifest(formatManifest(TWO))).toEqual(TWO)
  })

  it('keeps a name that begins with a space or an asterisk', () => {
    expect(parseManifest(`SHA256 ( a) = ${A}\nSHA256 (*b) = ${A}`).map(({ path }) => path)).toEqual([
      ' a',
      '*b',
    ])
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
    ['another algorithm', `SHA512 (a) = ${'a'.repeat(128)}`],
    ['another algorithm of the same length', `BLAKE2s256 (a) = ${A}`],
    ['a tag of a short digest', `SHA256 (a) = ${'a'.repeat(63)}`],
    ['a tag with something behind it', `SHA256 (a) = ${A} `],
    ['a tag with an escaped name', `\\SHA256 (a\\nb) = ${A}`],
    ['an escaped backslash', `\\${A}  a\\\\b`],
    ['an escaped newline', `\\${A}  a\\nb`],
    ['an escaped carriage return', `\\${A}  a\\rb`],
    ['an unknown escape', `\\${A}  a\\tb`],
    ['a bare carriage return', `${A}  a\rb`],
    ['a NUL', `${A}  a\0b`],
    ['a path twice, with another digest', `${A}  first`],
    ['a path twice, once with ./, with another digest', `${A}  ./first`],
    ['a path twice, once in a tag, with another digest', `SHA256 (first) = ${A}`],
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

  it('what is neither text nor bytes, and no bytes', () => {
    expect(problemsOf(5 as unknown as string)).toEqual(['manifest'])
    expect(problemsOf(new Uint8Array())).toEqual(['manifest'])
  })

  it.each<[string, string | Uint8Array]>([
    ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${A}  a\r\n`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(`${A}  a\r\n`, 'utf16le')],
    ['UTF-16 of the other order', Buffer.from(`\uFEFF${A}  a\r\n`, 'utf16le').swap16()],
    ['UTF-16 of the other order without a byte order mark', Buffer.from(`${A}  a`, 'utf16le').swap16()],
    ['UTF-16 read as UTF-8', Buffer.from(`\uFEFF${A}  a\r\n`, 'utf16le').toString('utf8')],
    ['UTF-16 read byte by byte', Buffer.from(`\uFEFF${A}  a\r\n`, 'utf16le').swap16().toString('latin1')],
  ])('%s, which is told, and how to convert it', (_name, list) => {
    const expected = { code: 'INVALID_INPUT', message: expect.stringMatching(/UTF-16.*iconv/u) }
    expect(() => parseManifest(list)).toThrow(expect.objectContaining(expected))
  })

  it('a line that is not UTF-8, but no comment that is not', () => {
    expect(problemsOf(Buffer.from(`${A}  a\n${B}  mod\xE8le\n`, 'latin1'))).toEqual(['line 2'])
    const list = Buffer.from(`# mod\xE8le\n${A}  a\n`, 'latin1')
    expect(parseManifest(list)).toEqual([{ path: 'a', digest: A }])
  })
})

it('an escaped name without anything to escape is that name', () => {
  expect(parseManifest(`\\${A}  a`)).toEqual([{ path: 'a', digest: A }])
})

describe('with anyPath', () => {
  it('a name may be every path that `sha256sum --check` opens', () => {
    const paths = ['/models/a.gguf', '../b.gguf', 'c\\d', 'e\nf', 'con']
    const lines = paths.map((path) => {
      const escaped = path.replace('\\', '\\\\').replace('\n', '\\n')
      return `${escaped === path ? '' : '\\'}${A}  ${escaped}\n`
    })
    expect(parseManifest(lines.join(''), { anyPath: true })).toEqual(
      paths.map((path) => ({ path, digest: A })),
    )
    for (const line of lines) expect(() => parseManifest(line)).toThrow()
  })

  it('an empty name, NUL and an unknown option are refused', () => {
    expect(() => parseManifest(`${A}  ./\n`, { anyPath: true })).toThrow()
    expect(() => parseManifest(`${A}  a\0b\n`, { anyPath: true })).toThrow()
    expect(() => parseManifest(`${A}  a\n`, { anyPaths: true } as object)).toThrow()
  })
})

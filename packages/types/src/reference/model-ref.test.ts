import { describe, expect, it } from 'vitest'
import { ModelRef, toSourceKey } from './model-ref.ts'

const HEX = 'AB'.repeat(32)

describe('ModelRef.parse', () => {
  it.each([
    ['hf:org/repo', { kind: 'hf', org: 'org', repo: 'repo', text: 'hf:org/repo' }],
    [
      'hf:org/repo/sub/x.gguf@v1',
      {
        ...{ kind: 'hf', org: 'org', repo: 'repo', path: 'sub/x.gguf', revision: 'v1' },
        text: 'hf:org/repo/sub/x.gguf@v1',
      },
    ],
    ['/models/a b.gguf', { kind: 'file', path: '/models/a b.gguf', text: 'file:///models/a%20b.gguf' }],
    ['./x/../y', { kind: 'file', path: 'y', text: 'file:y' }],
    [
      'https://Host.Example/A',
      { kind: 'https', host: 'host.example', path: '/A', text: 'https://host.example/A' },
    ],
    ['s3://Bucket/a//b/', { kind: 's3', bucket: 'bucket', key: 'a/b', text: 's3://bucket/a/b' }],
    [
      'oci:ghcr.io/org/repo:v1',
      {
        kind: 'oci',
        registry: 'ghcr.io',
        repository: 'org/repo',
        tag: 'v1',
        text: 'oci://ghcr.io/org/repo:v1',
      },
    ],
    [
      `oci://registry:5000/repo:v1@SHA256:${HEX}`,
      {
        ...{
          kind: 'oci',
          registry: 'registry:5000',
          repository: 'repo',
          digest: `sha256:${HEX.toLowerCase()}`,
        },
        text: `oci://registry:5000/repo@sha256:${HEX.toLowerCase()}`,
      },
    ],
  ])('takes %s apart', (text, ref) => {
    expect(ModelRef.parse(text)).toEqual(ref)
  })

  it.each([
    ['HF:org/repo', 'hf:org/repo'],
    ['huggingface:org/repo.git', 'hf:org/repo'],
    ['hf://org/repo/', 'hf:org/repo'],
    ['hf:org/repo@main', 'hf:org/repo'],
    ['hf:org/repo@v1/x.gguf', 'hf:org/repo/x.gguf@v1'],
    ['hf:org/repo@refs/pr/1/x.gguf', 'hf:org/repo/x.gguf@refs%2Fpr%2F1'],
    ['hf:org/repo/x.gguf@refs/pr/1', 'hf:org/repo/x.gguf@refs%2Fpr%2F1'],
    ['https://huggingface.co/org/repo', 'hf:org/repo'],
    ['http://www.HuggingFace.co:80/org/repo.git', 'hf:org/repo'],
    ['https://hf.co/org/repo/resolve/main/a/x.gguf?download=true', 'hf:org/repo/a/x.gguf'],
    ['https://huggingface.co/org/repo/blob/v1/x.gguf#L1', 'hf:org/repo/x.gguf@v1'],
    ['https://huggingface.co/org/repo/tree/v1', 'hf:org/repo@v1'],
    ['https://huggingface.co/org/repo/resolve/refs%2fpr%2f1/x.gguf', 'hf:org/repo/x.gguf@refs%2Fpr%2F1'],
    ['https://huggingface.co/datasets/org/repo', 'https://huggingface.co/datasets/org/repo'],
    ['https://huggingface.co/org/repo/discussions/7', 'https://huggingface.co/org/repo/discussions/7'],
    ['https://huggingface.co:8443/org/repo', 'https://huggingface.co:8443/org/repo'],
    ['file:///models/x.gguf', 'file:///models/x.gguf'],
    ['file:/models/./x.gguf', 'file:///models/x.gguf'],
    ['file://localhost/models//x.gguf', 'file:///models/x.gguf'],
    ['file:sub/x.gguf', 'file:sub/x.gguf'],
    ['sub/x.gguf', 'file:sub/x.gguf'],
    ['../x.gguf', 'file:../x.gguf'],
    ['.', 'file:.'],
    ['./a:b@c?d', 'file:a%3Ab%40c%3Fd'],
    ['/models/50%20.gguf', 'file:///models/50%2520.gguf'],
    ['c:\\models\\x.gguf', 'file:///C:/models/x.gguf'],
    ['file:///c:/models/x.gguf', 'file:///C:/models/x.gguf'],
    ['/c:/x', 'file:///c%3A/x'],
    ['\\\\Server\\share\\x.gguf', 'file://server/share/x.gguf'],
    ['HTTPS://Host.example:443/%41/%7e/%c3%A4/ä/', 'https://host.example/A/~/%C3%A4/%C3%A4'],
    ['https://host.example/a/%2e%2E/b/../c', 'https://host.example/c'],
    ['https://host.example/%ff%2f', 'https://host.example/%FF%2F'],
    ['https://host.example/100%', 'https://host.example/100%25'],
    ['https://github.com/org/repo.git/', 'https://github.com/org/repo'],
    ['http://host.example:8080', 'http://host.example:8080/'],
    ['https://host.example:8080/x', 'https://host.example:8080/x'],
    ['https://bob:hunter2@host.example/x?token=hunter2#hunter2', 'https://host.example/x'],
    ['s3://key:secret@bucket/x', 's3://bucket/x'],
    ['oci://GHCR.io:443/repo', 'oci://ghcr.io/repo'],
  ])('takes %s for %s', (text, normal) => {
    expect(ModelRef.parse(text).text).toBe(normal)
    expect(ModelRef.parse(normal).text).toBe(normal)
  })

  it.each([
    ...['', 'ftp://host.example/x', 'hf:', 'hf:repo', 'hf:datasets/x', 'hf:org/repo@', 'hf:a b/c', 'https:x'],
    ...['https://', 'https://a b/', 'https://host.example/a\\b', 's3://bucket', 's3://b_%/x', 'oci:repo'],
    ...['oci://ghcr.io/Repo', 'oci://ghcr.io/repo:a b', 'oci://ghcr.io/repo@sha256:12', '//host/x', 'C:x'],
    ...['user:secret@host/x', 'token@host.example/x', 'host.example/x?token=1', 'a\nb', 'a\ud800'],
    ...[
      'https://user:12/secret@host/x',
      'https://us?er:secret@host/x',
      'file:user:secret@host/x',
      'file:///%2F',
    ],
    ...['\\\\localhost', '\\\\LocalHost\\share\\x.gguf'],
    ...['x'.repeat(4097), 'mailto:ada@example.com', 'data:,x', 'urn:x:y'],
  ])('refuses %j, and quotes nothing of it', (text) => {
    expect(() => ModelRef.parse(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.not.stringMatching(/secret|token/u) }),
    )
  })

  it.each([undefined, null, 7, {}, ['hf:org/repo']])('refuses %j', (value) => {
    expect(() => ModelRef.parse(value)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})

describe('toSourceKey', () => {
  it('is the text itself if that is not a reference', () => {
    expect(toSourceKey('ftp://host.example/x')).toBe('ftp://host.example/x')
    expect(toSourceKey('https://huggingface.co/org/repo')).toBe('hf:org/repo')
  })
})

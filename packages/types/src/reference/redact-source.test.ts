import { describe, expect, it } from 'vitest'
import { redactSource } from './redact-source.ts'

const unchanged = [
  'https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct',
  'https://huggingface.co/org/repo@rev',
  'https://host.example:8443/org/repo@rev',
  'http://localhost:8080/x@rev',
  'http://minio:9000/bucket/x.gguf',
  'http://[::1]:8080/x@rev',
  'hf:org/repo@rev',
  'hf:org/repo@refs/pr/1',
  'hf:org/repo:Q4_K_M@rev',
  'pkg:huggingface/org/repo@rev',
  'oci://registry.example/org/model@sha256:abc',
  'registry.example:5000/org/model@sha256:abc',
  's3://bucket/key@v2.gguf',
  'org/repo@rev',
  '/data/models/a@b.gguf',
  'file:///data/a@b.gguf',
  'C:\\models\\a@b.gguf',
  'models/a.gguf',
  '',
]

const redacted: readonly [source: string, shown: string][] = [
  ['https://user:tok@host/x?token=1&X-Amz-Signature=2#k', 'https://host/x'],
  ['https://tok@host/org/repo@rev', 'https://host/org/repo@rev'],
  ['https://user:tok@host:8443/x', 'https://host:8443/x'],
  ['https://user:@host/x', 'https://host/x'],
  ['https://user:p@ss@host/x', 'https://host/x'],
  ['https://user:p/a/ss@host/x', 'https://host/x'],
  ['https://user:12/34@host/x', 'https://host/x'],
  ['https://me@corp.example:12/34@host/x', 'https://host/x'],
  ['https://user:p\\ss@host/x', 'https://host/x'],
  ['https://user:p@a:s/s@host/x', 'https://host/x'],
  ['https://user:p#ss@host/x', 'https://…'],
  ['https://user:p?ss@host/x', 'https://…'],
  ['https://user:p@a#ss@host/x', 'https://…'],
  ['https://to#ken@host/x', 'https://…'],
  ['https://host/x?mail=a@b', 'https://host/x'],
  ['https://host/x#a?b', 'https://host/x'],
  ['https://host/x?a\n#b', 'https://host/x'],
  ['https://mirror.example/https://user:tok@host/x', 'https://host/x'],
  ['git+ssh://git:tok@host/x.git', 'git+ssh://host/x.git'],
  ['git::https://user:tok@host/x', 'host/x'],
  ['https:/user:tok@host/x', 'host/x'],
  ['https:\\\\user:tok@host/x', 'host/x'],
  [' https://user:tok@host/x', 'host/x'],
  ['HTTPS://user:tok@host/x', 'HTTPS://host/x'],
  ['//user:tok@host/x', '//host/x'],
  ['user:tok@host:path', 'host:path'],
  ['user:p@ss@host:path', 'host:path'],
  ['user:p/ss@host:path', 'host:path'],
  ['user:tok@host/path', 'host/path'],
  ['git@host:org/repo.git', 'host:org/repo.git'],
  ['s3://AKIA:se/cr+et@bucket/key', 's3://bucket/key'],
  ['s3://bucket/key?X-Amz-Credential=AKIA', 's3://bucket/key'],
  ['hf:user:tok@host/x', 'hf:host/x'],
  ['hf:org/repo@rev?token=1', 'hf:org/repo@rev'],
  ['org/repo?token=1', 'org/repo'],
  ['?token=1', ''],
]

describe('redactSource', () => {
  it.each(unchanged)('leaves %s as it is', (source) => {
    expect(redactSource(source)).toBe(source)
  })

  it.each(redacted)('shows %j as %j', (source, shown) => {
    expect(redactSource(source)).toBe(shown)
  })

  it.each(['/', '.', ':', '@', '?', '#', 'a:', '://', '.@', ':/@', '['])('reads 1 MB of %j', (piece) => {
    expect(redactSource(`https://${piece.repeat(2 ** 20 / piece.length)}`).length).toBeLessThan(2 ** 20 + 9)
    expect(redactSource(piece.repeat(2 ** 20 / piece.length)).length).toBeLessThanOrEqual(2 ** 20)
  })
})

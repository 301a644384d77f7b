import { sampleEntry } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import {
  defaultFileName,
  fileReferenceOf,
  hasModelExtension,
  statedNameOf,
  toBelow,
} from './model-file-name.ts'

describe('defaultFileName', () => {
  it.each([
    ['https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct', 'm.gguf'],
    ['https://example.org/models/v0.3', 'm.gguf'],
    ['https://example.org/model.html', 'm.gguf'],
    ['https://example.org/model.safetensors', 'm.safetensors'],
    ['https://example.org/model.SafeTensors?download=true#top', 'm.safetensors'],
    ['https://example.org/get?file=model.onnx', 'm.gguf'],
    ['https://example.zip', 'm.gguf'],
    ['https://models.example.bin/', 'm.gguf'],
    ['hf:org/repo/file.safetensors', 'm.safetensors'],
    ['hf:org/repo@main/model.onnx', 'm.onnx'],
    ['s3://bucket/model.tar.gz', 'm.tar.gz'],
    ['/srv/in/model.gguf', 'm.gguf'],
    ['C:\\in\\model.pt', 'm.pt'],
    ['model.constructor', 'm.gguf'],
    ['gguf', 'm.gguf'],
    ['/srv/in.bin/a://b', 'm.gguf'],
    ['/srv/in/a://b.onnx', 'm.onnx'],
    ['https://example.org/a.onnx.html', 'm.gguf'],
    ['https://example.org/a.onnx?b=1#c\n.pt', 'm.onnx'],
  ])('of %s is %s', (source, expected) => {
    expect(defaultFileName(sampleEntry({ id: 'm', source }))).toBe(expected)
  })

  it('keeps the segments of the id and its dots', () => {
    expect(defaultFileName(sampleEntry({ id: 'org/llama-3.1' }))).toBe('org/llama-3.1.gguf')
  })
})

describe('fileReferenceOf', () => {
  it('prefers the place of a file outside the root, then the named file, then the made name', () => {
    const source = 'https://example.org/model.onnx'
    expect(fileReferenceOf(sampleEntry({ id: 'm', source }))).toEqual({ file: 'm.onnx' })
    expect(fileReferenceOf(sampleEntry({ id: 'm', source, file: 'a/b.bin' }))).toEqual({ file: 'a/b.bin' })
    expect(fileReferenceOf(sampleEntry({ id: 'm', location: '/srv/m.bin' }))).toEqual({
      location: '/srv/m.bin',
    })
  })
})

describe('statedNameOf', () => {
  it.each([
    ['the place of a file in place', { source: 'x', location: '/srv/m' }, '/srv/m'],
    ['the name that the entry states', { source: 'x', file: 'a/m.gguf' }, 'a/m.gguf'],
    ['the name that the source states', { source: 'https://example.org/x.onnx' }, 'm.onnx'],
    ['no format if neither states one', { source: 'hf:org/m' }, 'm.bin'],
  ])('is %s', (_, fields, expected) => {
    expect(statedNameOf(sampleEntry({ id: 'm', ...fields }))).toBe(expected)
  })
})

describe('hasModelExtension', () => {
  it.each([
    [true, ['m.gguf', 'a/M.GGUF', 'm.tar.gz']],
    [false, ['m.gguf.html', 'm.gguf-old', 'gguf', 'm', 'm.v3', '']],
  ])('is %s', (isModel, names) => {
    expect(names.map(hasModelExtension)).toEqual(names.map(() => isModel))
  })
})

it('a path below a place has one separator, however many the place ends with', () => {
  expect(toBelow({ file: 'm' }, 'a')).toEqual({ file: 'm/a' })
  for (const end of ['', '/', '//']) {
    expect(toBelow({ location: `/srv/m${end}` }, 'a')).toEqual({ location: '/srv/m/a' })
  }
})

import { describe, expect, it } from 'vitest'
import { classify, finalNameOf, isProjector, isWeights, stemOf } from './file-names.ts'

describe('names of files', () => {
  it('tell weights from other files', () => {
    const weights = [
      'a.gguf',
      'A.GGUF',
      'a.safetensors',
      'a.pt',
      'a.ckpt',
      'pytorch_model.bin',
      'ggml-base.bin',
    ]
    const others = [
      'a.bin',
      'a.txt',
      'config.json',
      'gguf',
      'a.gguf.json',
      'training_args.bin',
      'a.rmodel',
      'a.zip',
    ]
    expect(weights.filter((name) => !isWeights(name))).toEqual([])
    expect(others.filter(isWeights)).toEqual([])
    expect(classify('pytorch_model-00001-of-00002.bin')).toBe('weights')
  })

  it('tell unfinished downloads, and what they become', () => {
    const partials = [
      'a.gguf.part',
      'a.gguf.crdownload',
      'a.gguf.downloadInProgress',
      'incomplete-a.gguf',
      'a.gguf.tmp',
    ]
    expect(partials.map(classify)).toEqual(partials.map(() => 'partial'))
    expect(partials.map(finalNameOf)).toEqual(partials.map(() => 'a.gguf'))
  })

  it('tell checksum lists, and not those of MD5', () => {
    const lists = ['SHA256SUMS', 'sha256sum.txt', 'a.gguf.sha256', 'checksums.txt', 'checksums.sha256']
    expect(lists.map(classify)).toEqual(lists.map(() => 'list'))
    expect(['checklist.chk', 'MD5SUMS', 'SHA256SUMS.asc'].map(classify)).toEqual(['other', 'other', 'other'])
  })

  it('tell projectors', () => {
    const projectors = ['mmproj-a.gguf', 'mmproj.gguf', 'a-mmproj-f16.gguf', 'a.mmproj.gguf']
    expect(projectors.filter((name) => !isProjector(name))).toEqual([])
    expect(isProjector('commproject.gguf')).toBe(false)
  })

  it('lose the extension of weights alone', () => {
    expect(['a.gguf', 'sub/a.b.safetensors', 'a.v1', 'Wren-1.5'].map(stemOf)).toEqual([
      'a',
      'sub/a.b',
      'a.v1',
      'Wren-1.5',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { digestStatedBy } from './stated-digest.ts'

const HEX = '0123456789abcdef'.repeat(4)

describe('a name states a digest', () => {
  it.each([
    `/ollama/models/blobs/sha256-${HEX}`,
    `/anywhere/sha256-${HEX}`,
    `sha256:${HEX}`,
    `/layout/blobs/sha256/${HEX}`,
    `/hub/models--org--m/blobs/${HEX}`,
    `/store/blobs/sha256/01/${HEX}`,
    `/store/blobs/01/23/${HEX.toUpperCase()}`,
    `C:\\models\\blobs\\sha256-${HEX}`,
    `/ramalama/store/huggingface/acme/wren/blobs/sha256-${HEX}`,
    `/ramalama/store/ollama/library/wren/blobs/sha256-${HEX}`,
    `/my-store/url/blobs/sha256-${HEX}`,
  ])('%s', (path) => {
    expect(digestStatedBy(path)).toBe(HEX)
  })

  it.each([
    `/models/${HEX}`,
    `/blobs/blake3/${HEX}`,
    `/blobs/sha512/${HEX}`,
    `/hub/blobs/${HEX.slice(24)}`,
    `/blobs/${HEX}.incomplete`,
    `/blobs/sha256-${HEX}-partial`,
    `/blobs/sha256-${HEX}.gguf`,
    `/blobs/${HEX}/model.gguf`,
    `/sha256-${HEX}/model.gguf`,
    `/blobs/blake3-${HEX}`,
    `/ramalama/store/https/models.example/wren.gguf/blobs/sha256-${HEX}`,
    `store\\url\\wren\\blobs\\sha256-${HEX}`,
    `store/file/blobs/sha256-${HEX}`,
    'model.gguf',
    '',
  ])('but not %s', (path) => {
    expect(digestStatedBy(path)).toBeUndefined()
  })
})

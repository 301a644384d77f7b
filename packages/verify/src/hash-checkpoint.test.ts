import { describe, expect, it } from 'vitest'
import {
  createCheckpoint,
  formatCheckpoint,
  parseCheckpoint,
  parseCheckpointText,
} from './hash-checkpoint.ts'
import { createSha256 } from './wasm-sha256.ts'

const BYTES = new TextEncoder().encode('the first bytes of a model')

async function createText(): Promise<string> {
  const sha256 = await createSha256()
  sha256.update(BYTES)
  const state = Buffer.from(sha256.save()).toString('base64')
  const tail = { sizeBytes: BYTES.length, digest: 'a'.repeat(64) }
  const file = { dev: '2049', ino: '18446744073709551615' }
  return formatCheckpoint(createCheckpoint({ offset: BYTES.length, state, tail, file }))
}

describe('the text of a checkpoint', () => {
  it('gives back what it was made of', async () => {
    const text = await createText()
    const parsed = parseCheckpointText(text)
    if (parsed.kind !== 'fits') return expect.unreachable(parsed.detail)
    expect(formatCheckpoint(parsed.checkpoint)).toBe(text)
    expect(parsed.checkpoint.file?.ino).toBe('18446744073709551615')
  })

  it('is refused with any byte of it changed to any other', async () => {
    const text = Buffer.from(await createText())
    for (let index = 0; index < text.length; index++) {
      for (let byte = 0; byte < 256; byte++) {
        if (byte === text[index]) continue
        const changed = Buffer.from(text.with(index, byte)).toString('latin1')
        if (parseCheckpointText(changed).kind === 'fits') expect.unreachable(`${index}: ${byte}`)
      }
    }
  })

  it.each<[name: string, respell: (text: string) => string]>([
    ['with spaces', (text) => `${JSON.stringify(JSON.parse(text), undefined, 1)}\n`],
    ['with its fields in another order', respellReversed],
    ['with one field more', (text) => text.replace('{', '{"more":1,')],
    ['with a field twice', (text) => text.replace('{', '{"version":1,')],
    ['with a number in other digits', (text) => text.replace('"offset":26', '"offset":26.0')],
  ])('is refused %s, though its values are right', async (_name, respell) => {
    const text = respell(await createText())
    expect(parseCheckpoint(JSON.parse(text))).toMatchObject({ kind: 'fits' })
    expect(parseCheckpointText(text)).toMatchObject({ kind: 'damaged' })
  })

  function respellReversed(text: string): string {
    return `${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()))}\n`
  }
})

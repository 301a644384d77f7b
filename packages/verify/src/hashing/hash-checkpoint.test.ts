import { describe, expect, it } from 'vitest'
import { createCheckpointText } from '../../test/checkpoint-text.ts'
import { formatCheckpoint, parseCheckpoint, parseCheckpointText } from './hash-checkpoint.ts'

describe('the text of a checkpoint', () => {
  it('gives back what it was made of', async () => {
    const text = await createCheckpointText()
    const parsed = parseCheckpointText(text)
    if (parsed.kind !== 'fits') return expect.unreachable(parsed.detail)
    expect(formatCheckpoint(parsed.checkpoint)).toBe(text)
    expect(parsed.checkpoint.file?.ino).toBe('18446744073709551615')
  })

  // To any other byte: hash-checkpoint.deep.test.ts.
  it('is refused with any bit of it changed', async () => {
    const text = Buffer.from(await createCheckpointText())
    for (let bit = 0; bit < text.length * 8; bit++) {
      const index = bit >> 3
      const changed = Buffer.from(text.with(index, (text[index] ?? 0) ^ (1 << (bit & 7)))).toString('latin1')
      if (parseCheckpointText(changed).kind === 'fits') expect.unreachable(`bit ${bit}`)
    }
  })

  it.each<[name: string, respell: (text: string) => string]>([
    ['with spaces', (text) => `${JSON.stringify(JSON.parse(text), undefined, 1)}\n`],
    ['with its fields in another order', respellReversed],
    ['with one field more', (text) => text.replace('{', '{"more":1,')],
    ['with a field twice', (text) => text.replace('{', '{"version":1,')],
    ['with a number in other digits', (text) => text.replace('"offset":26', '"offset":26.0')],
  ])('is refused %s, though its values are right', async (_name, respell) => {
    const text = respell(await createCheckpointText())
    expect(parseCheckpoint(JSON.parse(text))).toMatchObject({ kind: 'fits' })
    expect(parseCheckpointText(text)).toMatchObject({ kind: 'damaged' })
  })

  function respellReversed(text: string): string {
    return `${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()))}\n`
  }
})

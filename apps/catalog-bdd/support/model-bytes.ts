import assert from 'node:assert/strict'
import { damageModel, sampleGguf } from '@catalog/testkit/models'

/** What a step says that a file holds. */
export const CONTENT: RegExp =
  /(?:half of )?(?:the right bytes|the wrong bytes|another model|the model "[^"]*"|a sign-in page)/u

/** What a tool replaces a model by. */
export const OTHER_BYTES: Buffer = sampleGguf('other bytes')
const HALF = 'half of '
const NAMED = /^the model "(?<id>.*)"$/u

/** The right bytes of a model: a small GGUF file, another one for each id. */
export function bytesOf(id: string): Buffer {
  return sampleGguf(id)
}

/** The bytes of a model with one bit flipped. */
export function wrongBytesOf(id: string): Buffer {
  return damageModel(bytesOf(id), 'flipped-bit')
}

/** The bytes that a step names; `subject` is the model whose bytes are right or wrong. */
export function readContent(content: string, subject: string): Buffer {
  if (content.startsWith(HALF))
    return damageModel(readContent(content.slice(HALF.length), subject), 'truncated')
  const id = NAMED.exec(content)?.groups?.['id']
  if (id !== undefined) return bytesOf(id)
  if (content === 'another model') return bytesOf('another model')
  assert.notEqual(subject, '', `no step has said whose bytes are ${content}`)
  if (content === 'the right bytes') return bytesOf(subject)
  if (content === 'the wrong bytes') return wrongBytesOf(subject)
  if (content === 'a sign-in page') return damageModel(bytesOf(subject), 'html-page')
  throw new Error(`no file can hold ${content}`)
}

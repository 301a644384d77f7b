import { expect, it } from 'vitest'
import { createCheckpointText } from '../../test/checkpoint-text.ts'
import { parseCheckpointText } from './hash-checkpoint.ts'

it('the text of a checkpoint is refused with any byte of it changed to any other', async () => {
  const text = Buffer.from(await createCheckpointText())
  for (let index = 0; index < text.length; index++) {
    for (let byte = 0; byte < 256; byte++) {
      if (byte === text[index]) continue
      const changed = Buffer.from(text.with(index, byte)).toString('latin1')
      if (parseCheckpointText(changed).kind === 'fits') expect.unreachable(`${index}: ${byte}`)
    }
  }
})

import { expect, it } from 'vitest'
import { defaultIdOf } from './default-id.ts'

it.each([
  ['/models/llama-3.1-8b.gguf', 'llama-3.1-8b'],
  ['/models/Model.SAFETENSORS', 'Model'],
  ['/models/llama-3.1', 'llama-3.1'],
  ['/models/weights.tar', 'weights.tar'],
  ['/models/my model (v2).gguf', 'my-model-v2'],
  ['/models/Modèle.gguf', 'Modele'],
  ['/models/.hidden.gguf', 'hidden'],
  ['/models/a/b.gguf', 'b'],
  ['/models/🦙.gguf', undefined],
  ['/models/模型.gguf', undefined],
  [`/models/${'x'.repeat(300)}.gguf`, 'x'.repeat(200)],
])('the id of %s is %s', (path, id) => {
  expect(defaultIdOf(path)).toBe(id)
})

import { expect, it } from 'vitest'
import { findClosestIds } from './closest-ids.ts'

const ids = ['gpt-2', 'llama-3.1-70b', 'llama-3.1-8b', 'mistral-7b', 'org/phi-4']

it.each([
  ['gpt2', ['gpt-2']],
  ['GPT-2', ['gpt-2']],
  ['llama-3.1-8', ['llama-3.1-8b', 'llama-3.1-70b']],
  ['phi-4', ['org/phi-4']],
  ['mistrel-7b', ['mistral-7b']],
  ['qwen', []],
  ['x', []],
  ['', []],
])('for %j suggests %j', (wanted, suggested) => {
  expect(findClosestIds(wanted, ids)).toEqual(suggested)
})

it('suggests three at most', () => {
  expect(findClosestIds('model', ['model-1', 'model-2', 'model-3', 'model-4'])).toHaveLength(3)
})

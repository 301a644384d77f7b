import { sampleGguf } from '../models/index.ts'
import type { StoreBuilder } from './store-builder.ts'

export const GPT4ALL_WEIGHTS: Buffer = sampleGguf('wren gpt4all')

/** The flat directory of GPT4All: a model, a download, and a remote model with a key in it. */
export function buildGpt4all(store: StoreBuilder): void {
  store.put('wren-1m-q4_0.gguf', GPT4ALL_WEIGHTS)
  store.put('incomplete-other.gguf', 'half')
  store.put('gpt4all-remote.rmodel', '{"apiKey":"secret","modelName":"remote"}')
}

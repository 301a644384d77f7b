import { sampleGguf } from '../models/index.ts'
import { type Damages, damageAfter, type StoreBuilder } from './store-builder.ts'

export const GPT4ALL_WEIGHTS: Buffer = sampleGguf('wren gpt4all')

/** The flat directory of GPT4All: a model, a download, and a remote model with a key in it. */
export function buildGpt4all(store: StoreBuilder): void {
  store.put('wren-1m-q4_0.gguf', GPT4ALL_WEIGHTS)
  store.put('incomplete-other.gguf', 'half')
  store.put('gpt4all-remote.rmodel', '{"apiKey":"secret","modelName":"remote"}')
}

export const GPT4ALL_DAMAGES: Damages = damageAfter(buildGpt4all, {
  'dangling-link': (store) => store.linkTo('jay.gguf', 'gone.gguf'),
  'link-out': (store) => store.linkTo('jay.gguf', '/etc/hostname'),
  'md5-list': (store) => store.put('checksums.txt', `${'a'.repeat(32)}  wren-1m-q4_0.gguf\n`),
  'missing-shard': (store) => store.put('jay-00001-of-00002.gguf', sampleGguf('jay')),
})

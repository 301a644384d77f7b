/** Room `facts`: architecture, parameters and more, as headers state them. */

import type { ModelFacts } from '@catalog/types'
import { toFactCount } from './fact-text.ts'

/** The facts that are stated, and not counted. */
export type StatedFacts = {
  readonly [Key in keyof Omit<ModelFacts, 'format' | 'parameters' | 'tensorCount' | 'extra'>]?:
    | ModelFacts[Key]
    | undefined
}

/** What the header of one file says. */
export interface Weights {
  readonly format: 'gguf' | 'safetensors'
  readonly stated: StatedFacts
  readonly tensorCount: number
  readonly elements: bigint
  /** The bytes of the tensors of each type, by its name. */
  readonly bytesByType: ReadonlyMap<string, bigint>
}

/**
 * The facts of a model of these shards. The first one states what applies to all of them; `besides` is what a
 * configuration beside the files says, and counts if the shard does not say it.
 */
export function combineWeights(
  [first, ...others]: readonly [Weights, ...(readonly Weights[])],
  besides: StatedFacts = {},
): ModelFacts {
  const files = [first, ...others]
  const elements = files.reduce((sum, file) => sum + file.elements, 0n)
  const facts: { readonly [Key in keyof ModelFacts]?: ModelFacts[Key] | undefined } = {
    format: first.format,
    architecture: first.stated.architecture ?? besides.architecture,
    parameters: toFactCount(elements),
    quantisation: first.stated.quantisation ?? findLargestType(files),
    contextLength: first.stated.contextLength ?? besides.contextLength,
    tokenizer: first.stated.tokenizer,
    tensorCount: files.reduce((sum, file) => sum + file.tensorCount, 0),
    licence: first.stated.licence,
    name: first.stated.name,
  }
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(known), format: first.format }
}

/** The type that has the most bytes: norms and embeddings often keep another one than the weights. */
function findLargestType(files: readonly Weights[]): string | undefined {
  const sums = new Map<string, bigint>()
  for (const [type, bytes] of files.flatMap(({ bytesByType }) => [...bytesByType]))
    sums.set(type, (sums.get(type) ?? 0n) + bytes)
  const [largest] = [...sums].sort(([, one], [, other]) => (one > other ? -1 : 1))
  return largest?.[0]
}

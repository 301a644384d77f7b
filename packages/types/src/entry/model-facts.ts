/** The longest text in a model's facts, in characters. */
export const MAX_FACT_LENGTH = 200

/**
 * What the headers of a model's files say of it. What they leave out is absent. Nothing here is checked against the
 * weights: the digest proves whose words they are, not that they are true.
 */
export interface ModelFacts {
  /** `gguf` or `safetensors`. Later versions may know more. */
  readonly format: string
  /** In the words of the model: `llama`, `qwen2`. */
  readonly architecture?: string
  /** The number of elements of all tensors. */
  readonly parameters?: number
  /** As llama.cpp names it: `Q4_K_M`; else the tensor type that has the most bytes: `Q4_K`, `BF16`. */
  readonly quantisation?: string
  /** In tokens, as the model was trained. */
  readonly contextLength?: number
  /** The kind of its tokenizer: `gpt2`, `llama`. */
  readonly tokenizer?: string
  readonly tensorCount?: number
  /** As the model states it, often an SPDX identifier. */
  readonly licence?: string
  /** What the model calls itself. */
  readonly name?: string
  /** Fields written by another version. */
  readonly extra?: Readonly<Record<string, unknown>>
}

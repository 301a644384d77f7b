/** Room `source`: where a model's bytes come from, and how they are asked for. */

/** A request: the URL may carry credentials, which are sent to its own host only. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

export interface FetchInit {
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** What is needed of a `Response`: that of Node's own `fetch` will do. */
export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: ReadableStream<Uint8Array> | null
}

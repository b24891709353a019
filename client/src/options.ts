/** The part of the platform's `Response` that is used. */
export interface FetchAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** Null: the answer has no body, or the body cannot be streamed. */
  readonly body: ReadableStream<Uint8Array> | null
  text(): Promise<string>
}

/** The options that `fetch` is called with. */
export interface FetchRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly signal: AbortSignal
  /** Not given: caching as the answers allow. */
  readonly cache?: "no-store"
}

/** The part of the platform's `fetch` that is used. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchAnswer>

/** How often and for how long a call that may be retried is retried. */
export interface RetryOptions {
  /** How often the call is sent at most, the first try included; 1: no retry. 5 if not given. */
  readonly tries?: number
  /** After so many milliseconds no try starts, and a running one ends; 30,000 if not given. */
  readonly totalMs?: number
}

/** The server of a client, and how calls are sent. */
export interface ConnectionOptions {
  /** The server's address, such as `https://shop.example`, with or without a path; empty: the page's own origin. */
  readonly baseUrl: string
  /** Used instead of the platform's `fetch`. */
  readonly fetch?: Fetch | undefined
  readonly retry?: RetryOptions | undefined
  /** How long one try may take, to the last byte of its answer; 10,000 milliseconds if not given. */
  readonly timeoutMs?: number | undefined
}

/** The options of every call. */
export interface CallOptions {
  /** Ends the call, and its pauses, with an `AbortError`. */
  readonly signal?: AbortSignal | undefined
  /** The bearer token of this call instead of the client's; null: none. */
  readonly token?: string | null | undefined
  readonly retry?: RetryOptions | undefined
  readonly timeoutMs?: number | undefined
}

/** The options of a call that carries an `Idempotency-Key`. */
export interface KeyedCallOptions extends CallOptions {
  /**
   * Identifies the request for 24 hours: the same key and content have one effect and one answer. If not given, each
   * call makes a random one. To repeat a call after the page was reloaded, make a key with `randomKey`, store it before
   * the call and give it here; it must not be guessable, because it gives access to the answer. Null: no key, and the
   * call is never retried.
   */
  readonly idempotencyKey?: string | null | undefined
  /**
   * True: the given key was never sent before, so a server that is sold out need not look for an earlier answer. Keys
   * that the client makes are always new.
   */
  readonly isKeyNew?: boolean | undefined
}

/** Options of a call for a customer. */
export interface CustomerCallOptions extends CallOptions {
  /** Says who the customer is: a token that the shop's server has signed. */
  readonly customerToken?: string
}

/** Options of a call that places a hold. */
export interface HoldCallOptions extends KeyedCallOptions, CustomerCallOptions {}

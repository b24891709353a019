/** What is used of an answer. The platform's `Response` has it. */
export interface FetchAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** Null: the answer has no body, or it cannot be read piece by piece. */
  readonly body: ReadableStream<Uint8Array> | null
  text(): Promise<string>
}

/** What is asked of `fetch`. */
export interface FetchRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly signal: AbortSignal
  /** Not given: as the answers themselves allow. */
  readonly cache?: "no-store"
}

/** The part of the platform's `fetch` that is used. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchAnswer>

/** How often and how long a call that may be repeated is repeated. */
export interface RetryOptions {
  /** How often at most it is sent, the first time included; 1: never again. 5 if not given. */
  readonly tries?: number
  /** No try begins, and none goes on, after so many milliseconds; 30,000 if not given. */
  readonly totalMs?: number
}

/** How a client reaches its server. */
export interface ConnectionOptions {
  /** Where the server is: `https://shop.example`, a path may follow; empty: where the page came from. */
  readonly baseUrl: string
  /** Instead of the platform's `fetch`. */
  readonly fetch?: Fetch | undefined
  readonly retry?: RetryOptions | undefined
  /** How long one try may take, to the last byte of its answer; 10,000 milliseconds if not given. */
  readonly timeoutMs?: number | undefined
}

/** What may be said with every call. */
export interface CallOptions {
  /** Ends the call, and its pauses, with an `AbortError`. */
  readonly signal?: AbortSignal | undefined
  /** The bearer token of this call instead of the client's; null: none. */
  readonly token?: string | null | undefined
  readonly retry?: RetryOptions | undefined
  readonly timeoutMs?: number | undefined
}

/** What may be said with a call that carries an `Idempotency-Key`. */
export interface KeyedCallOptions extends CallOptions {
  /**
   * Names what is meant, for 24 hours: the same key and content have one effect and one answer. A random
   * one for each call if not given. Give one that was stored before the call to ask again after the page
   * was loaded anew; make it with `randomKey`, because whoever guesses it gets the answer. Null: none, and
   * the call is never repeated.
   */
  readonly idempotencyKey?: string | null | undefined
  /**
   * True: nothing was ever sent under the key that is given. It spares a sold-out server looking for the first
   * answer. Keys that are made here are new.
   */
  readonly isKeyNew?: boolean | undefined
}

/** What the load process is told to do. Crosses a process boundary: plain values only. */
export interface LoadPlan {
  readonly host: string
  readonly port: number
  readonly crowd: Crowd
  /** Connections open at a time. */
  readonly connections: number
  /** Answers that are right; any other is counted as wrong. */
  readonly expected: readonly number[]
  readonly load: Load
}

/** Who comes. */
export type Crowd =
  /** Each sends one of these requests, taken at random. */
  | { readonly kind: "requests"; readonly requests: readonly string[] }
  /** Each buys a unit: hold, order, and the provider's signed word that it is paid. */
  | { readonly kind: "buyers"; readonly productId: number; readonly webhookSecret: string }

/** How they come. */
export type Load =
  /** As many as there are connections, each as soon as the one before is served. */
  | { readonly kind: "closed"; readonly warmUpSeconds: number; readonly seconds: number }
  /** At fixed moments, served or not; how long one took counts from the moment it was due. */
  | { readonly kind: "open"; readonly phases: readonly Phase[] }
  /** Each connection asks once, all together. */
  | { readonly kind: "burst" }

export interface Phase {
  readonly perSecond: number
  readonly seconds: number
}

/** One second of a run. */
export interface Second {
  readonly served: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** What the load process saw. */
export interface LoadResult {
  /** Journeys that ended well in the measured time, warm-up left out. */
  readonly served: number
  /** Length of the measured time. */
  readonly seconds: number
  /** Durations of the requests of a closed loop, of whole journeys of an open one. */
  readonly latencies: readonly (readonly [number, number])[]
  /** Every answer of the whole run by its status, warm-up included. */
  readonly statuses: Readonly<Record<string, number>>
  /** Journeys of the whole run that ended well, warm-up included. */
  readonly completed: number
  /** Due, but no connection was free in time. */
  readonly dropped: number
  /** Connections that broke with a request under way. */
  readonly broken: number
  /** The first wrong answer. */
  readonly wrong: string | null
  readonly timeline: readonly Second[]
}

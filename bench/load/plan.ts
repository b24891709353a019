/** The task of the load process. It crosses a process boundary, so it holds plain values only. */
export interface LoadPlan {
  readonly host: string
  readonly port: number
  readonly crowd: Crowd
  /** The number of open connections. */
  readonly connections: number
  /** The statuses that are right; any other is counted as wrong. */
  readonly expected: readonly number[]
  readonly load: Load
}

/** The visitors. */
export type Crowd =
  /** Each visitor sends one of these requests, chosen at random. */
  | { readonly kind: "requests"; readonly requests: readonly string[] }
  /** Each visitor buys a unit: hold, order, and the provider's signed payment event. */
  | {
      readonly kind: "buyers"
      readonly productId: number
      readonly webhookSecret: string
      /** What each buyer tells with the order, if the product asks for it. */
      readonly details?: object
    }

/** The arrival of the visitors. */
export type Load =
  /** Closed loop: as many visitors as connections, each as soon as the one before is served. */
  | { readonly kind: "closed"; readonly warmUpSeconds: number; readonly seconds: number }
  /** Open loop: at fixed moments, however fast the server is; times count from the moment a visitor was due. */
  | { readonly kind: "open"; readonly phases: readonly Phase[] }
  /** One request on each connection, all at the same moment. */
  | { readonly kind: "burst" }

export interface Phase {
  readonly perSecond: number
  readonly seconds: number
}

/** The results of one second of a run. */
export interface Second {
  readonly served: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** The results of the load process. */
export interface LoadResult {
  /** Successful journeys in the measured time, without the warm-up. */
  readonly served: number
  /** The length of the measured time. */
  readonly seconds: number
  /** Durations of requests in a closed loop, of whole journeys in an open one, as histogram buckets. */
  readonly latencies: readonly (readonly [number, number])[]
  /** All responses of the run by status, including the warm-up. */
  readonly statuses: Readonly<Record<string, number>>
  /** Successful journeys of the run, including the warm-up. */
  readonly completed: number
  /** Visitors who were due and found no free connection in time. */
  readonly dropped: number
  /** Connections that broke during a request. */
  readonly broken: number
  /** The first wrong response; null if there is none. */
  readonly wrong: string | null
  readonly timeline: readonly Second[]
}

import type { Config } from "../config/config.ts"
import type { Count, Total } from "../limits/counts.ts"
import type { Share } from "./share.ts"
import type { Snapshot } from "./snapshot.ts"

/**
 * Everything that a child needs to serve. A child does not read the settings itself: they may have changed since the
 * other children started. They come in a message, because a command line or an environment would expose secrets.
 */
export interface Assignment {
  /** Counts from 1; a replacement gets the number of the dead child. */
  readonly number: number
  readonly config: Config
  readonly databaseUrl: string
  readonly share: Share
}

/** Messages from the primary to a child. */
export type ToChild =
  | { readonly kind: "serve"; readonly assignment: Assignment }
  /** Run the background work from now on. */
  | { readonly kind: "work" }
  /** Stop in order within `withinMs`, after accepting requests as before for `delayMs`. */
  | { readonly kind: "stop"; readonly withinMs: number; readonly delayMs: number }
  /** `watched` are the products whose sales an operator watches through another child. */
  | { readonly kind: "tell_metrics"; readonly question: number; readonly watched: readonly number[] }
  /** The answer to `ask_metrics`. */
  | { readonly kind: "other_metrics"; readonly question: number; readonly snapshots: readonly Snapshot[] }
  /** The answer to `count`. */
  | { readonly kind: "counted"; readonly question: number; readonly total: Total | null }

/** Messages from a child to the primary. */
export type ToPrimary =
  | { readonly kind: "listening"; readonly url: string }
  /** The child cannot serve, and ends. */
  | ({ readonly kind: "failed" } & StartFailure)
  | { readonly kind: "metrics"; readonly question: number; readonly snapshot: Snapshot }
  /** This child is being scraped: `own` are its metrics, the answer has those of the others. */
  | {
      readonly kind: "ask_metrics"
      readonly question: number
      readonly own: Snapshot
      readonly watched: readonly number[]
    }
  /** Attempts that all processes of the port count together. */
  | { readonly kind: "count"; readonly question: number; readonly count: Count }
  /** The last metrics of a child that has stopped in order. */
  | { readonly kind: "stopped"; readonly own: Snapshot }

/** Why a child could not begin to serve, as the exit status and message of the command. */
export interface StartFailure {
  readonly status: 1 | 2
  readonly line: string
}

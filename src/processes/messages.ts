import type { Config } from "../config/config.ts"
import type { Share } from "./share.ts"
import type { Snapshot } from "./snapshot.ts"

/**
 * All that a child needs to serve. It reads no environment of its own: that may have changed since
 * the others were started, and a command line or environment would show its secrets.
 */
export interface Assignment {
  /** From 1 on; whoever takes a dead child's place has its number. */
  readonly number: number
  readonly config: Config
  readonly databaseUrl: string
  readonly share: Share
}

/** What the primary tells a child. */
export type ToChild =
  | { readonly kind: "serve"; readonly assignment: Assignment }
  /** The background work is yours from now on. */
  | { readonly kind: "work" }
  /** Stop in order within that time, and go on as before for the delay. */
  | { readonly kind: "stop"; readonly withinMs: number; readonly delayMs: number }
  /** `watched` are products whose sales somebody looks at, through another child. */
  | { readonly kind: "tell_metrics"; readonly question: number; readonly watched: readonly number[] }
  /** The answer to `ask_metrics`. */
  | { readonly kind: "other_metrics"; readonly question: number; readonly snapshots: readonly Snapshot[] }

/** What a child tells the primary. */
export type ToPrimary =
  | { readonly kind: "listening"; readonly url: string }
  /** It cannot serve, and ends. */
  | ({ readonly kind: "failed" } & StartFailure)
  | { readonly kind: "metrics"; readonly question: number; readonly snapshot: Snapshot }
  /** Somebody scrapes this child: `own` is what it has, the answer what the others have. */
  | {
      readonly kind: "ask_metrics"
      readonly question: number
      readonly own: Snapshot
      readonly watched: readonly number[]
    }
  /** Its last numbers, when it has stopped in order. */
  | { readonly kind: "stopped"; readonly own: Snapshot }

/** Why a child could not begin to serve, as the command line would have said it. */
export interface StartFailure {
  readonly status: 1 | 2
  readonly line: string
}

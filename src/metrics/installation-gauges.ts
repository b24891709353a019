import { Gauge, type Registry } from "@prometheus-io/client"

const replicationStates = ["none", "asynchronous", "synchronous", "waiting"] as const

/** What a scrape reads from the database about the installation. */
export interface InstallationState {
  /** Open entries of the money inbox, counted up to a limit. */
  readonly moneyInboxCount: number
  readonly expiryLagSeconds: number
  /** How far this host's clock is ahead of the database's; negative: behind. */
  readonly clockSkewSeconds: number
  /** Null: the embedded server, which has no standby, or a server that does not show its standbys. */
  readonly replication: {
    readonly state: (typeof replicationStates)[number]
    /** Null: unknown, or nothing was written lately. */
    readonly lagSeconds: number | null
  } | null
}

/**
 * Creates the gauges of what a scrape reads. The process that is scraped reads them, so its values count and not those that
 * other processes read earlier.
 */
export function createInstallationGauges(registry: Registry) {
  const options = { aggregator: "first" as const, registers: [registry] }
  const up = new Gauge({
    name: "doorbuster_database_up",
    help: "1 if the database answered the questions of this scrape, otherwise 0",
    ...options,
  })
  const inbox = new Gauge({
    name: "doorbuster_money_inbox_entries",
    help: "Open entries of the money inbox, counted up to some thousands",
    ...options,
  })
  const expiryLag = new Gauge({
    name: "doorbuster_hold_expiry_lag_seconds",
    help: "Seconds since the oldest due hold or unpaid order fell due; 0 if none is due",
    ...options,
  })
  const skew = new Gauge({
    name: "doorbuster_clock_skew_seconds",
    help: "Seconds by which this host's clock is ahead of the database's; negative if it is behind",
    ...options,
  })
  const replication = new Gauge({
    name: "doorbuster_replication",
    help: "1 for the state of the replication: none, asynchronous, synchronous, or waiting (nothing can be committed); not for the embedded server",
    labelNames: ["state"],
    ...options,
  })
  const replicationLag = new Gauge({
    name: "doorbuster_replication_lag_seconds",
    help: "How far the standby that is furthest behind is behind; 0 if that is not known",
    ...options,
  })
  return {
    /** Null: the database did not answer. The other gauges then keep their last values. */
    set(state: InstallationState | null): void {
      up.set(state === null ? 0 : 1)
      if (state === null) return
      inbox.set(state.moneyInboxCount)
      expiryLag.set(state.expiryLagSeconds)
      skew.set(state.clockSkewSeconds)
      replication.reset()
      if (state.replication === null) return
      for (const one of replicationStates) {
        replication.set({ state: one }, one === state.replication.state ? 1 : 0)
      }
      replicationLag.set(state.replication.lagSeconds ?? 0)
    },
    expiryLag,
  }
}

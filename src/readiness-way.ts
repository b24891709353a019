import type { Registry } from "@prometheus-io/client"
import { version } from "./base/version.ts"
import type { Engine } from "./engine.ts"
import type { Readiness } from "./http/services.ts"
import type { InstallationState } from "./metrics/installation-gauges.ts"
import { totalsIn } from "./metrics/totals.ts"
import { readReplication, replicationState } from "./store/replication.ts"
import { readClockSkew } from "./store/reads/clock-skew.ts"
import { dueProducts } from "./store/upkeep/housekeeping.ts"
import { isReady } from "./store/upkeep/ready.ts"

interface ReadinessOptions {
  /** False: the database is the embedded one. */
  readonly hasStandbys: boolean
  readonly stopping: () => boolean
  /** Joins this process's metrics with those of others; null if they do not answer in time. */
  readonly joinMetrics?: ((own: Engine["events"]) => Promise<Registry | null>) | undefined
}

/** Says whether the server can serve, and what its processes have counted. */
export function readinessOf(
  { database, events, views, money }: Engine,
  { hasStandbys, stopping, joinMetrics = async ({ registry }) => registry }: ReadinessOptions,
): Readiness {
  async function installation(): Promise<InstallationState> {
    const [moneyInboxCount, [due], clockSkewSeconds, replication] = await Promise.all([
      money.countOpen(),
      dueProducts(database.views, 1),
      readClockSkew(database.views),
      hasStandbys ? readReplication(database.views).catch(() => null) : null,
    ])
    return {
      moneyInboxCount,
      expiryLagSeconds: due?.lagSeconds ?? 0,
      clockSkewSeconds,
      replication: replication && {
        state: replicationState(replication),
        lagSeconds: replication.lagSeconds,
      },
    }
  }

  return {
    version,
    stopping,
    database: () => isReady(database),
    async metrics() {
      // Without a database the stock is left out, because the other metrics are needed most then.
      const [stock, state] = await Promise.all([
        views.stockCounts().catch(() => []),
        installation().catch(() => null),
      ])
      events.stockCounted(stock)
      events.installationRead(state)
      return (await joinMetrics(events))?.metrics() ?? null
    },
    async replication() {
      if (!hasStandbys) return null
      // A hosted server may withhold the view; the live screen needs the rest all the same.
      return readReplication(database.views).then(replicationState, () => null)
    },
    async totals() {
      const joined = await joinMetrics(events)
      return joined === null ? null : totalsIn(joined)
    },
  }
}

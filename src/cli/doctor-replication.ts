import type pg from "pg"
import type { Config } from "../config/config.ts"
import { isLocal, readReplication, replicationState, type Replication } from "../store/replication.ts"
import type { Finding } from "./finding.ts"

const check = "replication"
/** A standby that is further behind would need long to take over, and holds back the primary's files. */
const FAR_BEHIND_SECONDS = 10

/** Checks what a failover would lose. No finding for the embedded server, which has no standby. */
export async function checkReplication(
  pool: pg.Pool,
  { databaseUrl, requireSynchronous }: Pick<Config, "databaseUrl" | "requireSynchronous">,
): Promise<Finding[]> {
  if (databaseUrl === null) return []
  const replication = await readReplication(pool)
  const found = describeReplication(replication)
  const state = replicationState(replication)
  if (state === "waiting") return [{ check, ok: false, found }]
  if (state === "synchronous") {
    const isBehind = (replication.lagSeconds ?? 0) > FAR_BEHIND_SECONDS
    return [{ check, ok: true, ...(isBehind && { weak: true }), found }]
  }
  if (requireSynchronous)
    return [{ check, ok: false, found: `${found}; REQUIRE_SYNCHRONOUS is set: serve will not start` }]
  return [{ check, ok: true, weak: true, found }]
}

function describeReplication(replication: Replication): string {
  const { standbys, names, commit, lagSeconds } = replication
  const lag = lagSeconds === null || lagSeconds < 0.1 ? "" : `, ${lagSeconds.toFixed(1)} s behind`
  const count = `${standbys} ${standbys === 1 ? "standby" : "standbys"}${lag}`
  switch (replicationState(replication)) {
    case "none":
      return "no standby: what is committed after the last backup is lost with the server"
    case "asynchronous": {
      const why = names !== "" && isLocal(commit) ? `, because synchronous_commit is ${commit}` : ""
      return `asynchronous (${count})${why}: a failover loses what the standby has not received`
    }
    case "synchronous":
      return `synchronous (${names}; ${count}): a failover loses nothing that was acknowledged`
    case "waiting":
      return `synchronous_standby_names is ${names}, and no such standby is connected: nothing can be committed`
  }
}

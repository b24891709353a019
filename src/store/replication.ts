import type pg from "pg"

/** What a primary says about its standbys. */
export interface Replication {
  /** Standbys that are connected. */
  readonly standbys: number
  /** Those of them that commits wait for; null: the role may not see it (it needs `pg_monitor`). */
  readonly confirming: number | null
  /** How far the standby that is furthest behind is behind, in seconds; null: unknown, or nothing was written lately. */
  readonly lagSeconds: number | null
  /** `synchronous_standby_names`; empty: commits wait for no standby. */
  readonly names: string
  /** `synchronous_commit` as batches have it. */
  readonly commit: string
}

/**
 * `none`: there is no standby. `asynchronous`: a failover loses what the standby has not received. `synchronous`: commits wait for a
 * standby. `waiting`: commits wait for a standby and none is there, so nothing is committed.
 */
export type ReplicationState = "none" | "asynchronous" | "synchronous" | "waiting"

/** Says in one word what {@link Replication} means for a failover. */
export function replicationState({ standbys, confirming, names, commit }: Replication): ReplicationState {
  if (names === "" || isLocal(commit)) return standbys === 0 ? "none" : "asynchronous"
  return (confirming ?? standbys) === 0 ? "waiting" : "synchronous"
}

/** Whether this value of `synchronous_commit` makes commits wait for no standby. */
export function isLocal(commit: string): boolean {
  return commit === "off" || commit === "local"
}

/** Reads it on an open connection. */
export async function readReplication(client: Pick<pg.ClientBase, "query">): Promise<Replication> {
  const { rows } = await client.query<Replication>({
    name: "read-replication",
    // To a role without pg_monitor, the view shows only that the standby is there.
    text: `
      select count(*)::integer as standbys,
             case when bool_or(state is null) then null
                  else (count(*) filter (where sync_state in ('sync', 'quorum')))::integer
             end as confirming,
             extract(epoch from max(replay_lag))::float8 as "lagSeconds",
             current_setting('synchronous_standby_names') as names,
             current_setting('synchronous_commit') as commit
        from pg_stat_replication`,
  })
  const [row] = rows
  if (row === undefined) throw new Error("the server did not describe its replication")
  return row
}

/** Whether commits wait for a standby, for REQUIRE_SYNCHRONOUS. */
export interface Synchrony {
  /** Asks the server of this connection. Returns why its commits wait for no standby; null if they do. */
  check(client: pg.ClientBase): Promise<string | null>
  /** What the last check has found; true before the first one. */
  isMet(): boolean
  /** Calls `listener` when commits no longer wait for a standby. */
  readonly onLoss: (listener: () => void) => void
}

/** Makes it for a server that was not asked yet. */
export function createSynchrony(): Synchrony {
  const listeners: (() => void)[] = []
  let isMet = true
  return {
    async check(client) {
      const { rows } = await client.query<Pick<Replication, "names" | "commit">>(
        `select current_setting('synchronous_standby_names') as names,
                current_setting('synchronous_commit') as commit`,
      )
      const problem = problemOf(rows[0] ?? { names: "", commit: "off" })
      const wasMet = isMet
      isMet = problem === null
      if (wasMet && !isMet) for (const listener of listeners) listener()
      return problem
    },
    isMet: () => isMet,
    onLoss: (listener) => void listeners.push(listener),
  }
}

function problemOf({ names, commit }: Pick<Replication, "names" | "commit">): string | null {
  if (names !== "" && !isLocal(commit)) return null
  const because = names === "" ? "synchronous_standby_names is empty" : `synchronous_commit is ${commit}`
  return `The database cannot be used: REQUIRE_SYNCHRONOUS is set, and commits wait for no standby (${because})`
}

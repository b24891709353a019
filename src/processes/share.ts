import {
  BATCH_CONNECTIONS,
  LOOKUP_CONNECTIONS,
  UPKEEP_CONNECTIONS,
  VIEW_CONNECTIONS,
  WATCH_CONNECTIONS,
} from "../store/pool.ts"

/** The part of the connections that one of several processes may use. */
export interface Share {
  readonly batchConnections: number
  readonly lookupConnections: number
  readonly viewConnections: number
}

/**
 * With one connection, a batch that waits for its row lock would block the other products of its process, and a recount
 * would block its readers.
 */
const LEAST_CONNECTIONS = 2

/**
 * Divides the connections of a single server among `processes`, rounding up. Together they use at least 14 connections, 5
 * each if there are more than three processes; {@link WATCH_CONNECTIONS} each; and {@link UPKEEP_CONNECTIONS}.
 */
export function shareOf(processes: number): Share {
  const partOf = (connections: number, least: number) => Math.max(least, Math.ceil(connections / processes))
  return {
    batchConnections: partOf(BATCH_CONNECTIONS, LEAST_CONNECTIONS),
    lookupConnections: partOf(LOOKUP_CONNECTIONS, 1),
    viewConnections: partOf(VIEW_CONNECTIONS, LEAST_CONNECTIONS),
  }
}

/** The number of connections that `processes` may open together to a server of DATABASE_URL. */
export function connectionsOf(processes: number): number {
  const { batchConnections, lookupConnections, viewConnections } = shareOf(processes)
  const each = batchConnections + lookupConnections + viewConnections + WATCH_CONNECTIONS
  return processes * each + UPKEEP_CONNECTIONS
}

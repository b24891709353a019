/*
 * A minimal doorbuster command in a process of its own: starts the embedded PostgreSQL with the options in
 * its first argument, reports over IPC, and then obeys messages from its parent.
 */
import { EmbeddedPostgresError, startEmbeddedPostgres } from "../../../src/embedded/embedded-postgres.ts"

const server = await startEmbeddedPostgres(JSON.parse(process.argv[2] ?? "{}")).catch((error: unknown) => {
  const exitCode = error instanceof EmbeddedPostgresError ? error.exitCode : null
  process.send?.({ kind: "failed", message: String(error), exitCode })
  process.disconnect?.()
  return null
})

if (server !== null) {
  process.once("message", (order) => {
    if (order === "stop") void server.stop().then(() => process.disconnect?.())
    if (order === "leave") process.disconnect?.()
  })
  process.send?.({ kind: "started", url: server.url, adopted: server.adopted })
}

import { realpath } from "node:fs/promises"
import { Client } from "pg"
import { DOORBUSTER } from "./cluster.ts"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"
import type { PostmasterFile } from "./postmaster-file.ts"

/** Limit of one attempt. A server that is starting or stopping gets further attempts. */
const CONNECT_LIMIT_MS = 5_000

/** Returns a server's connection string, for both `pg` and libpq. */
function urlOf(file: PostmasterFile, password: string, database = DOORBUSTER): string {
  const url = new URL(`postgresql://${DOORBUSTER}:${password}@127.0.0.1:${file.port}/${database}`)
  if (file.socketDirectory !== "") {
    url.hostname = "localhost"
    url.searchParams.set("host", file.socketDirectory)
  }
  // Overrides PGSSLMODE: the connection never leaves this machine, and the server has no certificate.
  url.searchParams.set("sslmode", "disable")
  return url.href
}

/**
 * Checks that the server serves `cluster`, creates the database if it is missing, and returns the database's URL.
 *
 * SCRAM also proves the server to the client: only this cluster's server can accept the password.
 */
export async function openDatabase(file: PostmasterFile, password: string, cluster: string): Promise<string> {
  const url = urlOf(file, password)
  const directory = await dataDirectoryOf(url).catch(async (error: unknown) => {
    if (codeOf(error) !== "3D000") throw error
    await createDatabase(urlOf(file, password, "postgres"))
    return dataDirectoryOf(url)
  })
  if ((await realpath(directory)) === cluster) return url
  throw new EmbeddedPostgresError(
    `The PostgreSQL server with process id ${file.pid} was started for ${directory}, not for ${cluster}: stop it first`,
    1,
  )
}

async function dataDirectoryOf(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>("show data_directory")
    return rows[0]?.data_directory ?? ""
  })
}

async function createDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => client.query(`create database ${DOORBUSTER}`))
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  // Overrides PGOPTIONS.
  const options = "-c default_transaction_read_only=off"
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS, options })
  // If the server dies, the pending call rejects. Without a listener, this event would also end the process.
  client.on("error", () => undefined)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

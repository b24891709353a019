import { realpath } from "node:fs/promises"
import { Client } from "pg"
import { DOORBUSTER } from "./cluster.ts"
import { EmbeddedPostgresError, codeOf } from "./embedded-postgres-error.ts"
import type { PostmasterFile } from "./postmaster-file.ts"

/** A server that answers at all answers this soon; the rest is waiting for one that starts or stops. */
const CONNECT_LIMIT_MS = 5_000

/** Returns the connection string for a server, understood by node `pg` and by libpq. */
function urlOf(file: PostmasterFile, password: string, database = DOORBUSTER): string {
  const url = new URL(`postgresql://${DOORBUSTER}:${password}@127.0.0.1:${file.port}/${database}`)
  if (file.socketDirectory !== "") {
    url.hostname = "localhost"
    url.searchParams.set("host", file.socketDirectory)
  }
  // Whatever PGSSLMODE says: the way never leaves the machine, and the server has no certificate.
  url.searchParams.set("sslmode", "disable")
  return url.href
}

/**
 * Makes sure that the server serves `cluster` and has our database; returns the database's URL.
 *
 * The password is proof in both directions (SCRAM): only this cluster's server can accept it.
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
    `The PostgreSQL with process id ${file.pid} was started for ${directory}, not for ${cluster}: stop it first`,
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
  // Whatever PGOPTIONS says.
  const options = "-c default_transaction_read_only=off"
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS, options })
  // A server that dies under us rejects the pending call; the event on its own must not end the process.
  client.on("error", () => undefined)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

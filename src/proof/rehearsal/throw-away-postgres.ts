import { mkdtemp, chmod, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { startEmbeddedPostgres } from "../../embedded/embedded-postgres.ts"
import { isAlive } from "../../embedded/process-identity.ts"
import { openConnection } from "../../store/connection.ts"

/** A PostgreSQL server for one rehearsal or test. */
export interface ThrowAwayPostgres extends AsyncDisposable {
  readonly url: string
  /** Kills PostgreSQL (SIGKILL) and starts it again; null for a server that others use. */
  readonly crash: (() => Promise<void>) | null
}

/** Starts a PostgreSQL in a temporary directory, which is removed on disposal. */
export async function throwAwayPostgres(): Promise<ThrowAwayPostgres> {
  const directory = await mkdtemp(join(tmpdir(), "doorbuster-rehearsal-"))
  // If root starts it, PostgreSQL runs as another account, which must be able to enter the directory.
  await chmod(directory, 0o711)
  const start = () => startEmbeddedPostgres({ dataDirectory: join(directory, "postgres"), role: "owner" })
  let embedded = await start()
  const { url } = embedded

  async function crash(): Promise<void> {
    const postmaster = await postmasterOf(url)
    process.kill(postmaster, "SIGKILL")
    while (isAlive(postmaster)) await sleep(10)
    await embedded.stop()
    embedded = await start()
    if (embedded.url !== url) throw new Error("PostgreSQL restarted at another address")
  }
  return {
    url,
    crash,
    async [Symbol.asyncDispose]() {
      await embedded.stop()
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function postmasterOf(url: string): Promise<number> {
  const client = await openConnection(url, "tools")
  try {
    const { rows } = await client.query<{ pid: string }>(
      "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid",
    )
    return Number(rows[0]?.pid)
  } finally {
    await client.end()
  }
}

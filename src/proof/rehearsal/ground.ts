import { mkdtemp, chmod, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pg from "pg"
import { startEmbeddedPostgres } from "../../embedded/embedded-postgres.ts"
import { isAlive } from "../../embedded/process-identity.ts"

/** A database to act out a sale on. */
export interface Ground extends AsyncDisposable {
  readonly url: string
  /** Kills PostgreSQL outright and starts it again; null where it belongs to somebody else. */
  readonly crash: (() => Promise<void>) | null
}

/** A PostgreSQL of its own, in a directory that is removed at the end. */
export async function throwAwayPostgres(): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), "doorbuster-rehearsal-"))
  // As root, PostgreSQL runs as another account, which has to get there.
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
    if (embedded.url !== url) throw new Error("PostgreSQL came back at another address")
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
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: string }>(
      "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid",
    )
    return Number(rows[0]?.pid)
  } finally {
    await client.end()
  }
}

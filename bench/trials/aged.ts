import pg from "pg"
import { addEndedHolds } from "../aged-database.ts"
import { summarise } from "../row.ts"
import { alternate, createScenarioRunner, type ScenarioRunner } from "../runs.ts"
import { startDoorbuster } from "../servers/doorbuster.ts"
import type { Bench } from "./trial.ts"

/**
 * The rate of holds on an old database: with millions of ended holds in the table, and then also with a
 * transaction of another client that stays open, so that vacuum cannot remove dead rows.
 */
export async function aged(bench: Bench): Promise<void> {
  const { endedHolds, openTransactionSeconds } = bench.settings.aged
  const databaseUrl = await bench.workspace.createDatabase("aged")
  const old = await startDoorbuster(bench.workspace, { name: "doorbuster-aged", databaseUrl })
  try {
    const id = await old.createProduct(1)
    bench.progress(`aged: adding ${endedHolds} ended holds`)
    await addEndedHolds(databaseUrl, id, endedHolds)
    const runners = [await runnerOf(bench, await bench.server("doorbuster")), await runnerOf(bench, old)]
    const more = { ended_holds: endedHolds }

    bench.record(summarise("aged", await compare(bench, runners, "aged"), () => more))
    await withOpenTransaction(databaseUrl, async () => {
      await keepSelling(bench, runners[1], openTransactionSeconds)
      const open = { ...more, open_transaction_seconds: openTransactionSeconds }
      bench.record(summarise("aged+open", await compare(bench, runners, "aged+open"), () => open))
    })
    const problems = await old.verify()
    if (problems.length > 0) throw new Error(problems.join("; "))
  } finally {
    await old.stop()
  }
}

async function runnerOf(bench: Bench, server: Awaited<ReturnType<Bench["server"]>>): Promise<ScenarioRunner> {
  return createScenarioRunner(server, await bench.scenario("holds").prepare(server))
}

function compare(bench: Bench, runners: readonly ScenarioRunner[], name: string) {
  return alternate(runners, bench.settings, ({ server }, { perSecond }) =>
    bench.progress(`${name} ${server.name}: ${Math.round(perSecond)}/s`),
  )
}

/** Sells during the open transaction, because sales leave the dead rows. */
async function keepSelling(bench: Bench, runner: ScenarioRunner | undefined, seconds: number): Promise<void> {
  bench.progress(`aged+open: selling for ${seconds} s beside an open transaction`)
  await runner?.run({ kind: "closed", warmUpSeconds: 0, seconds }, bench.settings.connections)
}

async function withOpenTransaction(databaseUrl: string, work: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query("begin isolation level repeatable read")
    await client.query("select count(*) from products")
    await work()
    await client.query("commit")
  } finally {
    await client.end()
  }
}

import pg from "pg"
import { addEndedHolds } from "../aged-database.ts"
import { summarise } from "../row.ts"
import { alternate, createScenarioRunner, type ScenarioRunner } from "../runs.ts"
import { startDoorbuster } from "../servers/doorbuster.ts"
import type { Bench } from "./trial.ts"

/**
 * What a long life does to the rate of holds: millions of ended ones in the table, and then also a
 * transaction of somebody else that is left open, so that nothing can be tidied up.
 */
export async function aged(bench: Bench): Promise<void> {
  const { endedHolds, openTransactionSeconds } = bench.settings.aged
  const databaseUrl = await bench.workspace.createDatabase("aged")
  const old = await startDoorbuster(bench.workspace, { name: "doorbuster-aged", databaseUrl })
  try {
    const id = await old.createProduct(1)
    bench.say(`aged: adding ${endedHolds} ended holds`)
    await addEndedHolds(databaseUrl, id, endedHolds)
    const runners = [await playerOf(bench, await bench.server("doorbuster")), await playerOf(bench, old)]
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

async function playerOf(bench: Bench, server: Awaited<ReturnType<Bench["server"]>>): Promise<ScenarioRunner> {
  return createScenarioRunner(server, await bench.scenario("holds").prepare(server))
}

function compare(bench: Bench, runners: readonly ScenarioRunner[], name: string) {
  return alternate(runners, bench.settings, ({ server }, { perSecond }) =>
    bench.say(`${name} ${server.name}: ${Math.round(perSecond)}/s`),
  )
}

/** A sale goes on all the while: it is what leaves dead rows behind. */
async function keepSelling(bench: Bench, runner: ScenarioRunner | undefined, seconds: number): Promise<void> {
  bench.say(`aged+open: selling for ${seconds} s beside an open transaction`)
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

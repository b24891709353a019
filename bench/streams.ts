import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { openStreamClients, type StreamClients } from "./load/stream-clients.ts"
import { describeMachine } from "./machine.ts"
import { grouped } from "./report/table.ts"
import { median, rounded } from "./row.ts"
import { createScenarioRunner, measuredFrom, type ScenarioRunner } from "./runs.ts"
import { holdsOf } from "./scenarios.ts"
import { ADMIN_TOKEN, startDoorbuster } from "./servers/doorbuster.ts"
import { createWorkspace } from "./servers/workspace.ts"
import type { Server } from "./servers/server.ts"

// Measures what open streams cost buyers, and the delay of changes on them: `npm run bench:streams` sells one product
// at full speed with and without 10,000 streams of that product, in turns, and changes its stock once a second.

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "10000" },
    seconds: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
  },
})
const STREAMS = Math.min(20_000, Number(values.streams))
const SECONDS = Math.min(60, Number(values.seconds))
const ROUNDS = Math.min(20, Number(values.rounds))
const WARM_UP_SECONDS = Math.min(1, SECONDS / 3)
const CONNECTIONS = 256
const STOCK = 100_000_000
const CHANGE_EVERY_MS = 1_000

interface StreamRun {
  readonly perSecond: number
  /** The time from each change of the stock until the last client received it. */
  readonly delaysMs: readonly number[]
  readonly memoryBytes: number
}

/** Holds per second without streams. */
async function holdsAlone(runner: ScenarioRunner): Promise<number> {
  return measuredFrom(await runner.run(load, CONNECTIONS)).perSecond
}

const load = { kind: "closed", warmUpSeconds: WARM_UP_SECONDS, seconds: SECONDS } as const

async function holdsBesideStreams(runner: ScenarioRunner, productId: number): Promise<StreamRun> {
  const { host, port } = runner.server
  const path = `/api/stream?product_id=${productId}`
  const clients = await openStreamClients({ host, port, path, count: STREAMS })
  try {
    const running = runner.run(load, CONNECTIONS)
    const changing = changeStockRepeatedly(runner.server, productId, clients)
    const [result, changed] = await Promise.all([running, changing])
    return { perSecond: measuredFrom(result).perSecond, ...changed }
  } finally {
    await clients.close()
  }
}

let stock = STOCK

/** Changes the stock once a second while the holds run, and measures how long the changes take. */
async function changeStockRepeatedly(server: Server, productId: number, clients: StreamClients) {
  const delaysMs: number[] = []
  let memoryBytes = 0
  const until = performance.now() + (WARM_UP_SECONDS + SECONDS) * 1_000
  while (performance.now() < until) {
    const asked = clients.seen(`"stock":${stock + 1},`)
    const from = performance.timeOrigin + performance.now()
    await changeStock(server, productId)
    delaysMs.push((await asked) - from)
    memoryBytes = Math.max(memoryBytes, await server.memory())
    await sleep(Math.max(0, from + CHANGE_EVERY_MS - performance.timeOrigin - performance.now()))
  }
  return { delaysMs, memoryBytes }
}

async function changeStock({ host, port }: Server, productId: number): Promise<void> {
  const response = await fetch(`http://${host}:${port}/api/admin/products/${productId}/stock`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ stock: stock + 1, expected: stock }),
  })
  if (response.status !== 200) throw new Error(`the stock was not changed: ${response.status}`)
  await response.arrayBuffer()
  stock += 1
}

/** Time for the server to close the streams. */
const REST_MS = 1_000

const workspace = await createWorkspace(process.env["DATABASE_URL"])
const server = await startDoorbuster(workspace)
try {
  const productId = await server.createProduct(STOCK)
  const runner = createScenarioRunner(server, holdsOf(server, productId))
  await holdsAlone(runner)
  const rounds: { readonly plain: number; readonly live: StreamRun }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await holdsAlone(runner)
    const live = await holdsBesideStreams(runner, productId)
    await sleep(REST_MS)
    rounds.push({ plain, live })
    process.stdout.write(
      `${grouped(Math.round(plain))} holds/s alone, ${grouped(Math.round(live.perSecond))} beside ` +
        `${grouped(STREAMS)} streams; ${Math.round(live.memoryBytes / 2 ** 20)} MiB; a change reached all streams ` +
        `after ${Math.round(median(live.delaysMs))} ms (median), ${Math.round(Math.max(...live.delaysMs))} ms at most\n`,
    )
  }
  const ratio = median(rounds.map(({ plain, live }) => live.perSecond / plain))
  const memory = Math.max(...rounds.map(({ live }) => live.memoryBytes))
  const latest = Math.max(...rounds.flatMap(({ live }) => live.delaysMs))
  process.stdout.write(
    `ratio ${rounded(ratio)}, at most ${Math.round(memory / 2 ** 20)} MiB, changes on all streams within ` +
      `${Math.round(latest)} ms\n`,
  )
  for (const [name, value] of Object.entries(describeMachine(workspace.postgres))) {
    if (name !== "redis") process.stdout.write(`${name}: ${value}\n`)
  }
  const problems = await server.verify()
  if (problems.length > 0) throw new Error(problems.join("\n"))
} finally {
  await server.stop()
  await workspace.clear()
}

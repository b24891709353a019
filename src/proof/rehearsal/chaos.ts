import { setTimeout as sleep } from "node:timers/promises"
import type pg from "pg"
import { seededRandom } from "../../simulator/random.ts"
import type { DatabaseProxy } from "./database-proxy.ts"
import { isConnectionLoss, isTransient } from "../../store/errors.ts"
import { transaction } from "../../store/tx.ts"
import type { Stage, StageServer } from "./stage.ts"

/** What can go wrong on purpose. */
export const faultNames = [
  "kill",
  "freeze",
  "cut",
  "lose",
  "stall",
  "slow",
  "trickle",
  "silence",
  "lock",
  "reader",
  "crash",
] as const
export type FaultName = (typeof faultNames)[number]

/** What each fault is, for people. */
export const faultTexts: Readonly<Record<FaultName, string>> = {
  kill: "a server was killed and started again",
  freeze: "a server stood still for a moment (SIGSTOP)",
  cut: "the servers' connections to the database broke",
  lose: "a COMMIT was done and its answer lost on the way",
  stall: "nothing passed between servers and database",
  slow: "the way to the database took longer",
  trickle: "everything between servers and database came in small pieces",
  silence: "connections to the database went silent for good, and nobody was told",
  lock: "somebody else kept the product's row locked",
  reader: "somebody else read in a long transaction",
  crash: "PostgreSQL was killed and recovered",
}

/** One fault as it happened. */
export interface Fault {
  readonly name: FaultName
  readonly atMs: number
}

export interface ChaosOptions {
  readonly faults: readonly FaultName[]
  readonly seed: number
  readonly stage: Stage
  /** Between the servers and their database. */
  readonly proxy: DatabaseProxy
  /** Kills PostgreSQL outright and starts it again. */
  readonly crash: () => Promise<void>
  /** On the database that is sold from. */
  readonly pool: pg.Pool
  readonly productId: number
  readonly now: () => number
}

/** The trouble that is made while a crowd buys. */
export interface Chaos {
  readonly happened: readonly Fault[]
  /** Makes no more, and mends what is broken. */
  stop(): Promise<void>
}

/** Quiet between two faults, least and most. */
const PAUSE_MS = [1_500, 4_000] as const

/** Makes one fault after the other, in an order that the seed decides. Without faults it does nothing. */
export function makeChaos(options: ChaosOptions): Chaos {
  const { faults, seed, stage, now } = options
  const random = seededRandom(seed ^ 0x2545f491)
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]
  const happened: Fault[] = []
  const ending = new AbortController()

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const [least, most] = PAUSE_MS
      await sleep(least + random() * (most - least), undefined, { signal: ending.signal })
      const name = pick(faults)
      const server = pick(stage.servers)
      if (name === undefined || server === undefined) return
      const atMs = Math.round(now())
      // What could not be done, because an earlier fault was in its way, did not happen.
      const isDone = await acts[name](options, server, random()).then(() => true, whyNot)
      if (isDone) happened.push({ name, atMs })
    }
  }
  const done = run().catch((error: unknown) => {
    if (!ending.signal.aborted) throw error
  })
  return {
    happened,
    async stop() {
      ending.abort()
      await done
    },
  }
}

/** Each takes the options, a server by lot, and a number from 0 to 1 that says how bad it is; each cleans up. */
type Act = (options: ChaosOptions, server: StageServer, severity: number) => Promise<void>

const acts: Readonly<Record<FaultName, Act>> = {
  async kill(_options, server, severity) {
    await server.kill()
    await sleep(severity * 2_000)
    await server.start()
  },
  async freeze(_options, server, severity) {
    server.freeze()
    await sleep(500 + severity * 2_500)
    server.thaw()
  },
  async cut({ proxy }) {
    proxy.cut()
  },
  async lose({ proxy }) {
    proxy.loseCommit()
  },
  async stall({ proxy }, _server, severity) {
    const milliseconds = 200 + severity * 3_000
    proxy.stall(milliseconds)
    await sleep(milliseconds)
  },
  async slow({ proxy }, _server, severity) {
    proxy.delay(5 + severity * 100)
    await sleep(2_000)
    proxy.delay(0)
  },
  async trickle({ proxy }, _server, severity) {
    proxy.trickle(true)
    await sleep(500 + severity * 2_000)
    proxy.trickle(false)
  },
  async silence({ proxy }) {
    proxy.silence()
  },
  async lock({ pool, productId }, _server, severity) {
    await transaction(pool, async (client) => {
      await client.query("select from products where id = $1 for update", [productId])
      await sleep(200 + severity * 2_000)
    })
  },
  async reader({ pool }, _server, severity) {
    await transaction(pool, async (client) => {
      await client.query("set transaction isolation level repeatable read")
      await client.query("select count(*) from holds")
      await sleep(1_000 + severity * 3_000)
    })
  },
  crash: ({ crash }) => crash(),
}

function whyNot(error: unknown): false {
  if (isTransient(error) || isConnectionLoss(error)) return false
  throw error
}

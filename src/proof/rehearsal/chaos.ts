import { setTimeout as sleep } from "node:timers/promises"
import type pg from "pg"
import { seededRandom } from "../../simulator/random.ts"
import type { DatabaseProxy } from "./database-proxy.ts"
import type { FaultName } from "./fault-names.ts"
import { isConnectionLoss, isTransient } from "../../store/errors.ts"
import { transaction } from "../../store/tx.ts"
import type { RehearsalServers, RehearsalServer } from "./servers.ts"

/** One fault as it happened. */
export interface Fault {
  readonly name: FaultName
  readonly atMs: number
}

export interface ChaosOptions {
  readonly faults: readonly FaultName[]
  readonly seed: number
  readonly started: RehearsalServers
  /** The proxy between the servers and their database. */
  readonly proxy: DatabaseProxy
  /** Kills PostgreSQL and starts it again. */
  readonly crash: () => Promise<void>
  /** Connections to the database of the sale. */
  readonly pool: pg.Pool
  readonly productIds: readonly number[]
  readonly now: () => number
}

/** The faults of one rehearsal. */
export interface Chaos {
  readonly happened: readonly Fault[]
  /** Causes no more faults, and waits until the last one is undone. */
  stop(): Promise<void>
}

/** The pause between two faults: shortest and longest. */
const PAUSE_MS = [1_500, 4_000] as const

/** Causes one fault after the other, in an order that the seed decides. Without faults it does nothing. */
export function makeChaos(options: ChaosOptions): Chaos {
  const { faults, seed, started, now } = options
  const random = seededRandom(seed ^ 0x2545f491)
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]
  const happened: Fault[] = []
  const ending = new AbortController()

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const [least, most] = PAUSE_MS
      await sleep(least + random() * (most - least), undefined, { signal: ending.signal })
      const name = pick(faults)
      const server = pick(started.servers)
      if (name === undefined || server === undefined) return
      const atMs = Math.round(now())
      // A fault that could not be caused, because of an earlier one, is not counted.
      const isDone = await causes[name](options, server, random()).then(() => true, wasPrevented)
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

/** Causes a fault and undoes it. `severity` is from 0 to 1; the server is chosen at random. */
type Cause = (options: ChaosOptions, server: RehearsalServer, severity: number) => Promise<void>

const causes: Readonly<Record<FaultName, Cause>> = {
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
  async lock({ pool, productIds }, _server, severity) {
    await transaction(pool, async (client) => {
      await client.query("select from products where id = any($1::bigint[]) order by id for update", [
        productIds,
      ])
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

function wasPrevented(error: unknown): false {
  if (isTransient(error) || isConnectionLoss(error)) return false
  throw error
}

import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createPlan, type PlanName } from "../../simulator/plan.ts"
import { serveSimulator } from "../../simulator/server.ts"
import { createSimulator } from "../../simulator/simulator.ts"

/** One `serve` process. It keeps its address when it is killed and started again. */
export interface RehearsalServer {
  readonly url: string
  kill(): Promise<void>
  freeze(): void
  thaw(): void
  start(): Promise<void>
}

/** The servers and the payment provider of a rehearsal, all on loopback. */
export interface RehearsalServers {
  readonly servers: readonly RehearsalServer[]
  readonly simulator: RehearsalSimulator
  /** One line for each server that ended by itself. */
  died(): readonly string[]
  /** Stops servers (SIGTERM, then SIGKILL) and the provider. */
  stop(): Promise<void>
}

export interface RehearsalSimulator {
  readonly url: string
  /** Webhooks that no server accepted within ten minutes. */
  readonly givenUp: readonly string[]
}

export interface ServersOptions {
  readonly databaseUrl: string
  readonly servers: number
  readonly plan: PlanName
  readonly seed: number
}

/** Short enough for holds and orders to expire during a rehearsal. */
export const HOLD_SECONDS = 6
const PAYMENT_SECONDS = 10
/** The provider sends late payments after this time: longer than an order waits, so the order has ended. */
const LATE_MS = (PAYMENT_SECONDS + 3) * 1000
const MOST_PAYMENTS = 1_000_000
const STOPS_WITHIN_MS = 15_000
/** Characters of a server's output that are quoted when it fails. */
const MOST_QUOTED = 2_000

/** Starts a provider and servers that share the database. If a server cannot start, throws with its output. */
export async function startServers(options: ServersOptions): Promise<RehearsalServers> {
  const secret = randomBytes(24)
  const givenUp: string[] = []
  const servers: ServerProcess[] = []
  const simulator = createSimulator({
    secret,
    // A webhook goes to a server that is running; the provider repeats those that fail.
    target: () =>
      `${(servers.find(({ isUp }) => isUp) ?? servers[0])?.url ?? ""}/api/payments/webhooks/simulator`,
    plan: createPlan(options.plan, options.seed),
    lateMs: LATE_MS,
    mostPayments: MOST_PAYMENTS,
    onGivenUp: (event) => givenUp.push(event),
  })
  const directory = await mkdtemp(join(tmpdir(), "doorbuster-rehearsal-"))
  const simulatorServer = await serveSimulator(simulator, 0)
  const environment = {
    DATABASE_URL: options.databaseUrl,
    SIMULATOR_URL: simulatorServer.url,
    SIMULATOR_SECRET: `whsec_${secret.toString("base64")}`,
    HOLD_TTL_SECONDS: String(HOLD_SECONDS),
    PAYMENT_TTL_SECONDS: String(PAYMENT_SECONDS),
    LOG_LEVEL: "warn",
  }
  async function stop(): Promise<void> {
    await Promise.all(servers.map((server) => server.end()))
    await simulatorServer.close()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    for (let index = 0; index < options.servers; index += 1) {
      const server = new ServerProcess(environment, directory)
      servers.push(server)
      await server.start()
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    servers,
    simulator: { url: simulatorServer.url, givenUp },
    died: () => servers.flatMap(({ died }) => died),
    stop,
  }
}

class ServerProcess implements RehearsalServer {
  readonly #environment: Readonly<Record<string, string>>
  readonly #directory: string
  #child: ChildProcess | null = null
  #output = ""
  readonly died: string[] = []
  url = ""
  isUp = false

  constructor(environment: Readonly<Record<string, string>>, directory: string) {
    this.#environment = environment
    this.#directory = directory
  }

  async start(): Promise<void> {
    const port = this.url === "" ? "0" : new URL(this.url).port
    const [program = ""] = process.argv.slice(1)
    const child = spawn(process.execPath, [...process.execArgv, program, "serve"], {
      // Without the environment and the .env of the shop, whose settings must not affect the rehearsal.
      env: { ...this.#environment, PORT: port, HOST: "127.0.0.1" },
      cwd: this.#directory,
      stdio: ["ignore", "pipe", "pipe"],
    })
    this.#child = child
    child.once("exit", (code, signal) => {
      if (this.isUp)
        this.died.push(`a server ended by itself (${signal ?? code}): ${this.#output.slice(-MOST_QUOTED)}`)
      this.isUp = false
    })
    this.url = await this.#addressOf(child)
    this.isUp = true
  }

  /**
   * Reads the output until it names the address, and goes on reading, so that the server never waits for its reader.
   */
  #addressOf(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const read = (text: string) => {
        this.#output = (this.#output + text).slice(-2 * MOST_QUOTED)
        const url = /Doorbuster sells at (\S+)/.exec(this.#output)?.[1]
        if (url !== undefined) resolve(url)
      }
      child.stdout?.setEncoding("utf8").on("data", read)
      child.stderr?.setEncoding("utf8").on("data", read)
      child.once("error", reject)
      child.once("exit", () =>
        reject(new Error(`a server did not start: ${this.#output.slice(-MOST_QUOTED)}`)),
      )
    })
  }

  async kill(): Promise<void> {
    this.isUp = false
    await this.#endBy("SIGKILL")
  }

  freeze(): void {
    this.isUp = false
    this.#child?.kill("SIGSTOP")
  }

  thaw(): void {
    this.#child?.kill("SIGCONT")
    this.isUp = true
  }

  /** Stops the server in order; kills it if that takes too long. */
  async end(): Promise<void> {
    this.thaw()
    this.isUp = false
    const force = setTimeout(() => this.#child?.kill("SIGKILL"), STOPS_WITHIN_MS)
    await this.#endBy("SIGTERM")
    clearTimeout(force)
  }

  async #endBy(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, "exit")
    child.kill(signal)
    await exited
  }
}

import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createPlan, type PlanName } from "../../simulator/plan.ts"
import { serveSimulator } from "../../simulator/server.ts"
import { createSimulator } from "../../simulator/simulator.ts"

/** One `serve` of the rehearsal. It keeps its address when it is killed and started again. */
export interface StageServer {
  readonly url: string
  kill(): Promise<void>
  freeze(): void
  thaw(): void
  start(): Promise<void>
}

/** Servers and a payment provider, all on loopback. */
export interface Stage {
  readonly servers: readonly StageServer[]
  readonly simulator: StageSimulator
  /** Servers that ended without being told to. */
  died(): readonly string[]
  /** Ends all of it; polite to the servers first. */
  strike(): Promise<void>
}

export interface StageSimulator {
  readonly url: string
  /** Webhooks that no server took for ten minutes. */
  readonly givenUp: readonly string[]
}

export interface StageOptions {
  readonly databaseUrl: string
  readonly servers: number
  readonly plan: PlanName
  readonly seed: number
}

/** Holds and orders end soon enough for a rehearsal to see them end. */
export const HOLD_SECONDS = 6
const PAYMENT_SECONDS = 10
/** More than an order waits: money for what has ended. */
const LATE_MS = (PAYMENT_SECONDS + 3) * 1000
const MOST_PAYMENTS = 1_000_000
const STOPS_WITHIN_MS = 15_000
/** Of what a server printed, in characters, to say why it did not do. */
const MOST_SAID = 2_000

/** Starts a provider and servers that share the database. Throws when one cannot start, with what it said. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const secret = randomBytes(24)
  const givenUp: string[] = []
  const servers: StageServerProcess[] = []
  const simulator = createSimulator({
    secret,
    // Whoever is up takes it; the provider repeats what nobody took.
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
  async function strike(): Promise<void> {
    await Promise.all(servers.map((server) => server.end()))
    await simulatorServer.close()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    for (let index = 0; index < options.servers; index += 1) {
      const server = new StageServerProcess(environment, directory)
      servers.push(server)
      await server.start()
    }
  } catch (error) {
    await strike()
    throw error
  }
  return {
    servers,
    simulator: { url: simulatorServer.url, givenUp },
    died: () => servers.flatMap(({ died }) => died),
    strike,
  }
}

class StageServerProcess implements StageServer {
  readonly #environment: Readonly<Record<string, string>>
  readonly #directory: string
  #child: ChildProcess | null = null
  #said = ""
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
      // A shop's own settings, in its environment or its .env, are not the rehearsal's.
      env: { ...this.#environment, PORT: port, HOST: "127.0.0.1" },
      cwd: this.#directory,
      stdio: ["ignore", "pipe", "pipe"],
    })
    this.#child = child
    child.once("exit", (code, signal) => {
      if (this.isUp)
        this.died.push(`a server ended by itself (${signal ?? code}): ${this.#said.slice(-MOST_SAID)}`)
      this.isUp = false
    })
    this.url = await this.#addressOf(child)
    this.isUp = true
  }

  /** Reads what it prints until it says where it listens, and goes on reading, so that it is never kept waiting. */
  #addressOf(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const hear = (text: string) => {
        this.#said = (this.#said + text).slice(-2 * MOST_SAID)
        const url = /Doorbuster sells at (\S+)/.exec(this.#said)?.[1]
        if (url !== undefined) resolve(url)
      }
      child.stdout?.setEncoding("utf8").on("data", hear)
      child.stderr?.setEncoding("utf8").on("data", hear)
      child.once("error", reject)
      child.once("exit", () => reject(new Error(`a server did not start: ${this.#said.slice(-MOST_SAID)}`)))
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

  /** In order, if it can. */
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

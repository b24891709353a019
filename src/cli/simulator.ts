import { randomBytes } from "node:crypto"
import { checkSimulator } from "../config/checks.ts"
import { ConfigError } from "../config/config-error.ts"
import type { Config } from "../config/config.ts"
import { createLog } from "../base/log.ts"
import { createPlan, lateMsAfter, type PlanName } from "../simulator/plan.ts"
import { serveSimulator } from "../simulator/server.ts"
import { createSimulator } from "../simulator/simulator.ts"
import { takeSteps } from "../base/stop-steps.ts"
import { print } from "./output.ts"
import { stopOnSignal } from "./stop-on-signal.ts"

export interface SimulatorOptions {
  readonly port: number
  /** The server that sells. */
  readonly target: string
  readonly plan: PlanName
  readonly seed: number
}

/** A payment takes half a kilobyte of memory. */
const MOST_PAYMENTS = 1_000_000

/** Runs the payment simulator as a process of its own, until a signal stops it. */
export async function simulate(
  config: Config,
  { port, target, plan, seed }: SimulatorOptions,
): Promise<void> {
  if (config.adminToken !== null)
    throw new ConfigError("ADMIN_TOKEN is set; the simulator is for open mode only")
  checkSimulator({ ...config, simulatorUrl: null })
  const log = createLog(config.logLevel)
  const secret = config.simulatorSecret ?? randomBytes(24)
  const simulator = createSimulator({
    secret,
    target: () => `${target}/api/payments/webhooks/simulator`,
    plan: createPlan(plan, seed),
    lateMs: lateMsAfter(config.paymentTtlSeconds),
    mostPayments: MOST_PAYMENTS,
    onGivenUp: (event) => log.warn({ event }, "A webhook was not accepted."),
  })
  const server = await serveSimulator(simulator, port)
  log.info({ target, plan, seed, url: server.url }, "Listening.")
  if (config.simulatorSecret === null) printHowToConnect(server.url, secret)
  const stop = ({ withinMs }: { readonly withinMs: number }) =>
    takeSteps([{ name: "connections", run: () => server.close() }], performance.now() + withinMs)
  stopOnSignal({ stop }, { ...config, shutdownDelaySeconds: 0 }, log)
}

/** Prints the address and the secret. The secret is made for this run and protects no real money. */
function printHowToConnect(url: string, secret: Buffer): void {
  print(`
  Start the server with the simulator's address and secret:
    SIMULATOR_URL=${url} SIMULATOR_SECRET=whsec_${secret.toString("base64")} npm start
`)
}

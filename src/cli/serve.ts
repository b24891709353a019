import closeWithGrace from "close-with-grace"
import type { Logger } from "pino"
import { hasOwnSimulator, hasPages, startApp } from "../app.ts"
import { checkServing, type Config } from "../config/config.ts"
import { checkAddress } from "../base/listeners.ts"
import { createLog } from "../base/log.ts"
import { connectionsOf } from "../processes/share.ts"
import { accessDatabase } from "./database.ts"
import { print } from "./output.ts"
import { serveMany } from "./serve-many.ts"

/** An admin token with fewer characters can be guessed. */
export const GOOD_TOKEN_LENGTH = 16
/** A stop that takes longer than this is stuck; what was acknowledged is in the database anyway. */
export const STOP_WITHIN_MS = 30_000

/** Serves HTTP and runs the worker, in as many processes as `config` says, until it is told to stop. */
export async function serve(config: Config, options: { worker: boolean }): Promise<void> {
  checkServing(config)
  const log = createLog(config.logLevel)
  sayMode(log, config)
  // Before anything is made that would have to be undone.
  await checkAddress(config)
  const access = await accessDatabase(config, "owner")
  try {
    const server = await startServer(config, { databaseUrl: access.url, log, worker: options.worker })
    log.info({ ...sizeOf(config), url: server.url }, "Listening.")
    if (config.adminToken === null) sayWhatToTry(server.url, simulatorAt(server.url, config))
    const giveUp = () => server.kill?.()
    const limits = { delay: STOP_WITHIN_MS, onTimeout: giveUp, onSecondSignal: giveUp, onSecondError: giveUp }
    closeWithGrace({ ...limits, logger: false }, async ({ err, signal }) => {
      if (err === undefined) log.info({ signal }, "Stopping.")
      else log.fatal({ err }, "Stopping after a fault.")
      try {
        await server.stop()
      } finally {
        await access.release()
      }
      log.info("Stopped.")
    })
  } catch (error) {
    await access.release()
    throw error
  }
}

/** This process, or its children. */
interface Server {
  readonly url: string
  stop(): Promise<void>
  kill?(): void
}

interface StartOptions {
  readonly databaseUrl: string
  readonly log: Logger
  readonly worker: boolean
}

function startServer(config: Config, options: StartOptions): Promise<Server> {
  return config.processes === 1 ? startApp(config, { ...options, seed: true }) : serveMany(config, options)
}

function sizeOf({ processes }: Config): object {
  return processes === 1 ? {} : { processes, database_connections: connectionsOf(processes) }
}

function sayMode(log: Logger, { adminToken }: Config): void {
  if (adminToken === null) {
    log.warn(
      "Open mode: no ADMIN_TOKEN is set, so nobody is asked for a token and only loopback is listened on.",
    )
    return
  }
  log.info("Closed mode: admin routes, holds and orders need their tokens, payment webhooks their signature.")
  if (adminToken.length < GOOD_TOKEN_LENGTH) {
    log.warn(`ADMIN_TOKEN has fewer than ${GOOD_TOKEN_LENGTH} characters and can be guessed.`)
  }
}

/** Null: payments are reported by hand. */
function simulatorAt(url: string, config: Config): string | null {
  return hasOwnSimulator(config) ? `${url}/simulator` : config.simulatorUrl
}

function sayWhatToTry(url: string, simulator: string | null): void {
  const payment = '{"order_id":1,"amount_minor":19998,"currency":"USD"}'
  const payments =
    simulator === null
      ? ""
      : `
    curl -X POST ${simulator}/payments -H 'Content-Type: application/json' -d '${payment}'
    and open the pay_url of the answer`
  const controlRoom = hasPages() ? `\n  Its control room is ${url}/admin` : ""
  print(`
  Doorbuster sells at ${url}   (API: ${url}/docs)${controlRoom}

  Try it:
    curl ${url}/api/products/1
    curl -X POST ${url}/api/holds -H 'Content-Type: application/json' -d '{"product_id":1,"qty":2}'
    curl -X POST ${url}/api/orders -H 'Content-Type: application/json' -d '{"hold_id":1}'${payments}
`)
}
